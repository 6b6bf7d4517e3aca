"""What finds a customer: code, name, pinyin, initials, phone, all words of it."""

from __future__ import annotations

import pytest

from customers.models import Customer
from customers.profile.listing import found_by
from customers.profile.searching import asked, fold, pinyin, search_text


@pytest.mark.parametrize(
    ("code", "name", "phone", "expected"),
    [
        ("S1", "张三鲜", "0571-8888 1234", " s1 张三鲜 057188881234 zhangsanxian zsx "),
        ("ＡＢ-1", "Hy-Vee Food Store #3", "", " ab 1 hy vee food store 3 "),
        ("x", "重庆Café", "", " x 重庆café chongqing cq "),
        ("1001", "　　", "", " 1001 "),
        ("", "", "", "  "),
    ],
)
def test_search_text(code, name, phone, expected):
    assert search_text(code, name, phone) == expected


def test_pinyin_leaves_everything_but_chinese_out():
    assert pinyin("绿源 A-1 号") == ("lvyuanhao", "lyh")
    assert pinyin("Anna") == ("", "")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("  Zhang   SAN ", ["zhang", "san"]),
        ("0571-8888 1234", ["057188881234"]),
        ("１２３４", ["1234"]),
        ("%_", []),
        ("a b c d e f g h", list("abcdef")),
    ],
)
def test_words_asked_for(text, words):
    assert asked(text) == words


def test_fold_is_stable():
    assert fold(fold("ＡＢ＿c (d)")) == "ab c d"


@pytest.fixture
def three(make):
    return [
        make("S1", "张三鲜", phone="0571-8888 1234", w0=100),
        make("S2", "杭州张三鲜二店", phone="13800001111", w0=300),
        make("HZ3", "李四百货", w0=200),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("zsx", {"S1", "S2"}),
        ("ZhangSanXian", {"S1", "S2"}),
        ("张三鲜", {"S1", "S2"}),
        ("三鲜", {"S1", "S2"}),
        ("鲜", {"S1", "S2"}),
        ("zs", {"S1"}),  # short Latin words are looked for at the beginning of words
        ("hz", {"S2", "HZ3"}),
        ("lisi", {"HZ3"}),
        ("1234", {"S1"}),
        ("0571 8888", {"S1"}),
        ("杭州 鲜", {"S2"}),
        ("杭州 百货", set()),
        ("s1", {"S1"}),
        ("%", set()),
        ("_", set()),
        ("", {"S1", "S2", "HZ3"}),
    ],
)
def test_who_is_found(three, text, codes):
    assert set(found_by(text, Customer.objects.all()).values_list("code", flat=True)) == codes


@pytest.mark.django_db
def test_the_palette_is_wired(three, cast, sign_in):
    answer = sign_in(cast.mei).get("/search/?q=lisi", headers={"HX-Request": "true"})
    assert "<mark>李四</mark>百货" in answer.content.decode()
    answer = sign_in(cast.lin).get("/search/?q=lisi", headers={"HX-Request": "true"})
    assert "百货" not in answer.content.decode()


@pytest.mark.django_db
def test_a_new_name_is_found_and_the_old_one_is_not(make):
    from customers.profile.actions import change_customer

    customer = make("S9", "张三鲜")
    change_customer(customer=customer, name="王五")
    assert found_by("ww", Customer.objects.all()).get() == customer
    assert not found_by("zsx", Customer.objects.all()).exists()
