"""How texts answer searches, what is marked, and what counts as a typing error."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customers.finding.matching import Level, distance, forgiven, level, likeness, marked, nearest, neighbours, trigrams
from customers.profile.searching import search_text

TEXT = search_text("S1", "杭州张三鲜", "0571-8888 1234", "杭州市", "滨江区", "江南大道 588 号")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["s1"], Level.EXACT),
        (["057188881234"], Level.EXACT),
        (["hzzsx"], Level.EXACT),
        (["杭州张"], Level.PREFIX),
        (["0571"], Level.PREFIX),
        (["hangzhou"], Level.PREFIX),
        (["s1", "0571"], Level.WORD),
        (["三鲜"], Level.PART),
        (["1234"], Level.PART),
        (["s1", "三鲜"], Level.PART),
        (["江南大道"], Level.PLACE),
        (["s1", "588"], Level.PLACE),
        (["李四"], None),
    ],
)
def test_levels(words, expected):
    assert level(words, TEXT) == expected


@pytest.mark.parametrize(
    ("one", "other", "most", "expected"),
    [
        ("lisi", "lisi", 2, 0),
        ("lisi", "lsii", 2, 1),  # neighbours exchanged are one error
        ("lisi", "lis", 2, 1),
        ("lisi", "liisi", 2, 1),
        ("lisi", "lixi", 2, 1),
        ("lisi", "wangwu", 2, None),
        ("zhangsan", "hzangsna", 2, 2),
        ("ab", "abcd", 1, None),
    ],
)
def test_distance(one, other, most, expected):
    assert distance(one, other, most) == expected
    assert distance(other, one, most) == expected


def test_nearest_looks_inside_run_together_pinyin():
    assert nearest("zhangsna", "hangzhouzhangsanxian", 2) == 1
    assert nearest("wangwu", "hangzhouzhangsanxian", 1) is None


def _by_the_table(one: str, other: str, *, inside: bool) -> int:
    """Optimal string alignment as its definition says, cell by cell."""
    rows = [[0] * (len(other) + 1) if inside else list(range(len(other) + 1))]
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, against in enumerate(other, 1):
            cost = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                cost = min(cost, rows[-2][j - 2] + 1)
            row.append(cost)
        rows.append(row)
    return min(rows[-1]) if inside else rows[-1][-1]


@settings(max_examples=400, deadline=None)
@given(st.text("abc", max_size=9), st.text("abc", max_size=14), st.integers(0, 4))
def test_distances_are_those_of_the_table(one, other, most):
    for measure, inside in ((distance, False), (nearest, True)):
        wanted = _by_the_table(one, other, inside=inside)
        assert measure(one, other, most) == (wanted if wanted <= most else None)


@pytest.mark.parametrize(
    ("word", "errors"), [("abc", 0), ("lisi", 1), ("13800138000", 2), ("张三鲜店", 0), ("a" * 41, 0)]
)
def test_what_is_forgiven(word, errors):
    assert forgiven(word) == errors


def test_neighbours_are_one_error_away_and_all_of_them():
    found = neighbours("1380")
    assert {"380", "3180", "1381", "01380", "13809"} <= set(found) and "1380" not in found
    assert all(distance("1380", one, 1) == 1 for one in found)
    assert len(found) == len(set(found)) == 4 + 3 + 4 * 9 + (5 * 10 - 4) - 0
    assert "c0001" in neighbours("c001") and "x001" not in neighbours("c001")


def test_likeness():
    assert likeness(["057188881243"], TEXT) == 2
    assert likeness(["057188882143", "三鲜"], TEXT) == 4
    assert likeness(["zhangsanxain"], TEXT) == 3  # inside hangzhouzhangsanxian
    assert likeness(["三先"], TEXT) is None
    assert likeness(["lisi"], TEXT) is None


def test_trigrams_know_where_a_word_begins():
    assert trigrams("lisi") == [" li", "isi", "lis"]


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("杭州张三鲜", ["三鲜"], "杭州张[三鲜]"),
        ("杭州张三鲜", ["zsx"], "杭州[张三鲜]"),
        ("杭州张三鲜", ["sanxian"], "杭州张[三鲜]"),
        ("杭州张三鲜", ["zhouzh"], "杭[州张]三鲜"),
        ("0571-8888 1234", ["881234"], "0571-88[88 1234]"),
        ("Ｓ1 Café", ["s1"], "[Ｓ1] Café"),
        ("杭州张三鲜", ["李四"], None),
    ],
)
def test_what_is_marked(text, words, expected):
    found = marked(text, words, TEXT)
    shown = None if found is None else "".join(f"[{part}]" if on else part for part, on in found)
    assert shown == expected
    if found:
        assert "".join(part for part, _on in found) == text
