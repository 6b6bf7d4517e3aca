"""Clauses keep their number from version to version; what changed is shown word by word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promotions.policies.texts import Piece, changes, clauses_of, differing, joined, keyed, said_in

BEFORE = [(1, "零售价统一为 12 元。"), (2, "不得在网上低于零售价销售。"), (3, "违者取消返利。")]


def test_an_empty_line_parts_clauses_and_a_single_break_does_not():
    assert clauses_of("一\r\n  二\n\n\u3000\n三\n\n\n") == ["一\n二", "三"]
    assert clauses_of(" \n\n ") == []


@pytest.mark.parametrize(
    ("texts", "keys"),
    [
        ([text for _n, text in BEFORE], [1, 2, 3]),
        (["违者取消返利。", "零售价统一为 12 元。"], [3, 1]),
        (["零售价统一为 15 元。", "不得在网上低于零售价销售。", "违者取消返利。"], [1, 2, 3]),
        (["零售价统一为 12 元。", "每月报一次库存。", "违者取消返利。"], [1, 4, 3]),
        (["零售价统一为 12 元。", "零售价统一为 12 元。"], [1, 4]),
        ([], []),
    ],
)
def test_a_reworded_or_moved_clause_keeps_its_number(texts, keys):
    assert keyed(BEFORE, texts) == keys


def test_a_number_that_was_given_once_never_comes_back():
    assert keyed(BEFORE[:2], ["每月报一次库存。"], highest=3) == [4]


TEXTS = st.lists(st.sampled_from(["甲乙", "甲乙丙", "丙丁", "a b", "乙甲丁", "丁", ""]), max_size=5)


@given(TEXTS, TEXTS)
def test_numbers_are_given_once_and_same_texts_keep_theirs(old, new):
    before = list(enumerate(dict.fromkeys(old), 1))
    keys = keyed(before, new)
    assert len(set(keys)) == len(keys) == len(new)
    first = {text: n for n, text in before}
    for n, text in enumerate(new):
        if text in first and new.index(text) == n:
            assert keys[n] == first[text]


def test_what_changed_is_told_sign_by_sign():
    assert differing("零售价统一为 12 元。", "零售价统一为 15 元。") == (
        Piece("same", "零售价统一为 "),
        Piece("gone", "12"),
        Piece("new", "15"),
        Piece("same", " 元。"),
    )


WORDS = st.text("甲乙ab 1", max_size=15)


@given(WORDS, WORDS)
def test_both_versions_can_be_read_from_the_pieces(before, after):
    pieces = differing(before, after)
    assert "".join(one.text for one in pieces if one.kind != "new") == before
    assert "".join(one.text for one in pieces if one.kind != "gone") == after


def test_changes_name_what_is_new_gone_changed_and_moved():
    after = [(3, "违者取消返利。"), (1, "零售价统一为 15 元。"), (4, "每月报一次库存。")]
    found = [(one.key, one.kind, one.moved) for one in changes(BEFORE, after)]
    assert found == [(3, "same", True), (1, "changed", False), (2, "removed", False), (4, "added", False)]


def test_nothing_changed_is_all_the_same():
    assert {(one.kind, one.moved) for one in changes(BEFORE, BEFORE)} == {("same", False)}


def test_chinese_stands_in_for_chinese_before_the_notices_own_language():
    texts = {"en": "Price", "zh-hans": "价格"}
    assert said_in(texts, "zh-hant", "en") == "价格"
    assert said_in(texts, "zh-hans", "en") == "价格"
    assert said_in({"en": "Price"}, "zh-hant", "en") == "Price"
    assert said_in({}, "en", "zh-hans") == ""


def test_joined_clauses_come_apart_again():
    assert clauses_of(joined(["一\n二", "三"])) == ["一\n二", "三"]
