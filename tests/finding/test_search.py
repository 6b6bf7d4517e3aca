"""⌘K: what is found, in which order, why, by whom, and right after it was written."""

from __future__ import annotations

import pytest
from django.db import connection

from crm.clock import now
from crm.search import find
from customers.models import Customer, Fact, SearchEntry
from customers.profile.actions import change_customer
from tests.customers.conftest import make  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture
def shops(make):  # noqa: F811
    return [
        make("S1", "张三鲜", phone="0571-8888 1234", w0=100, tier="C"),
        make("S2", "杭州张三鲜二店", phone="13800001111", w0=300, tier="B"),
        make("S3", "三鲜张", city="杭州市", address="江南大道 588 号", w0=50, tier="A"),
        make("HZ30", "李四百货", phone="13912345678", w0=200),
    ]


def codes(user, text, **options):
    return [hit.meta.split(" · ")[0] for group in find(user, text, **options) for hit in group.hits]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("zsx", ["S1", "S2"]),  # the initials whole before a part of them
        ("张三鲜", ["S1", "S2"]),
        ("三鲜", ["S3", "S2", "S1"]),  # S3 begins so; among parts tier B before C
        ("杭州", ["S2", "S3"]),  # the name before the address
        ("江南 588", ["S3"]),
        ("1234", ["S1", "HZ30"]),
        ("lisi", ["HZ30"]),
        ("lisbaihuo", ["HZ30"]),  # a letter left out
        ("lisibiahuo", ["HZ30"]),  # neighbours exchanged
        ("13912345687", ["HZ30"]),
        ("hz3o", ["HZ30"]),
        ("hz3", ["HZ30"]),
        ("hs3", []),  # too short to be corrected
        ("nothing", []),
        ("", []),
        ("%", []),
    ],
)
def test_what_is_found_and_in_which_order(shops, cast, text, expected):
    assert codes(cast.mei, text) == expected
    assert codes(cast.lin, text) == []
    assert codes(cast.ada, text) == expected


def test_why(shops, cast):
    (group,) = find(cast.mei, "881234")
    (hit,) = group.hits
    assert (str(hit.why), hit.why_parts) == ("Phone", (("0571-88", False), ("88 1234", True)))
    (group,) = find(cast.mei, "zsx", 1)
    assert (group.hits[0].parts, group.hits[0].why, group.more) == ((("张三鲜", True),), "", True)
    (group,) = find(cast.mei, "lisbaihuo")
    assert group.hits[0].similar and not find(cast.mei, "lisi")[0].hits[0].similar


def test_it_follows_whatever_writes(shops, cast):
    change_customer(customer=shops[0], name="王五面馆")
    assert codes(cast.mei, "wwmg") == ["S1"]
    assert "S1" not in codes(cast.mei, "zsx")
    Customer.objects.filter(pk=shops[1].pk).update(search_text=" s2 plain sql ")
    assert codes(cast.mei, "plain") == ["S2"]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE customers_customer SET search_text = '' WHERE code = 'S2'")
    assert codes(cast.mei, "plain") == []
    shops[2].standing.delete()
    Customer.objects.filter(pk=shops[2].pk).delete()
    assert set(SearchEntry.objects.values_list("ref_id", flat=True)) == {shops[0].pk, shops[3].pk}


def test_entries_of_somebody_alone(shops, cast):
    SearchEntry.objects.create(
        kind="customer", row_id=-1, ref_id=shops[0].pk, customer=shops[0], only_for=cast.mei, text=" owls "
    )
    assert codes(cast.mei, "owls") == ["S1"]
    assert codes(cast.ada, "owls") == []


def test_by_the_business_licence(shops, cast):
    Fact.objects.create(
        customer=shops[0], field="licence_number", value="91330106MA2XYZ", noted_on="2026-01-01", created_at=now()
    )
    Fact.objects.create(
        customer=shops[1], field="occupation", value="91330106MA2XYZ", noted_on="2026-01-01", created_at=now()
    )
    (group,) = find(cast.mei, "ma2xyz")
    (hit,) = group.hits
    assert (group.kind, hit.title, str(hit.why)) == ("licence", "张三鲜", "Business licence")
    assert hit.why_parts == (("91330106", False), ("MA2XYZ", True))
    assert find(cast.lin, "ma2xyz") == []
    Fact.objects.update(is_current=False)
    assert find(cast.mei, "ma2xyz") == []


def test_more_than_are_ranked(make, cast, monkeypatch):  # noqa: F811
    """Of many, those that are exact or begin so and the largest are found all the same."""
    monkeypatch.setattr("customers.finding.looking.CANDIDATES", 3)
    for n in range(12):
        make(f"N{n}", f"老店{n}", w0=n, tier="C")
    make("Z1", "店", w0=0, tier="C")
    make("Z2", "大店", w0=900, tier="C")
    assert codes(cast.mei, "店", limit=3)[:2] == ["Z1", "Z2"]


def test_statements_stay_the_same(make, cast, django_assert_max_num_queries):  # noqa: F811
    for n in range(40):
        make(f"N{n}", f"老店{n}", w0=n)
    with django_assert_max_num_queries(5):
        find(cast.mei, "老店")


def test_the_page_and_the_palette(shops, cast, sign_in):
    page = sign_in(cast.mei).get("/search/?q=三鲜")
    text = page.content.decode()
    assert page.status_code == 200 and "<mark>三鲜</mark>张" in text and "kind=customer" not in text
    palette = sign_in(cast.mei).get("/search/?q=三鲜", headers={"HX-Request": "true"}).content.decode()
    assert palette.count("data-hit>") == 3 and 'href="/search/?q=%E4%B8%89%E9%B2%9C"' in palette
    one_kind = sign_in(cast.mei).get("/search/?q=三鲜&kind=customer").content.decode()
    assert "三鲜" in one_kind and "What are you" not in one_kind and "All kinds" in one_kind
    assert "data-hit" not in sign_in(cast.lin).get("/search/?q=三鲜", headers={"HX-Request": "true"}).content.decode()
    assert sign_in(cast.mei).get("/search/?q=三鲜&kind=nonsense").context["groups"] == []
