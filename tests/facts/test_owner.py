"""Whether the owner is known as a person counts, is asked for, and is answered by writing that person down."""

from __future__ import annotations

import datetime
from fractions import Fraction

import pytest
from django.urls import reverse

from crm.clock import today
from customers.facts import reading
from customers.facts.completeness import Gap
from customers.facts.fields import FIELDS, OWNER
from customers.people.actions import add_role, create_person, end_role
from customers.people.models import Person, PersonRole, StandsAs
from customers.profile.actions import create_customer

HTMX = {"HX-Request": "true"}


@pytest.fixture
def stands(shop, cast):
    def make(role="owner", customer=shop, **more):
        person = create_person(name="王老板", by=cast.tao)
        return add_role(person=person, customer=customer, role=role, **more)

    return make


def judged(shop, tier="", day=None):
    return reading.completeness(shop, tier, reading.current(shop), day or today())


def test_the_key_is_the_role_and_no_field():
    assert OWNER.key == StandsAs.OWNER and OWNER.key not in FIELDS and OWNER.key not in reading.OWN


@pytest.mark.parametrize(("tier", "points"), [("A", 5), ("B", 4), ("C", 3), ("", 3)])
def test_it_weighs_like_an_important_field(shop, stands, tier, points):
    whole = sum(one.weight for one in reading.items_for(tier))
    before = judged(shop, tier)
    assert Gap("owner", Fraction(points, whole), stale=False) in before.gaps
    stands()
    after = judged(shop, tier)
    assert after.share - before.share == Fraction(points, whole)
    assert (after.known, after.missing) == (before.known + 1, before.missing - 1)
    assert "owner" not in [gap.key for gap in after.gaps]


@pytest.mark.parametrize("role", [one for one in StandsAs.values if one not in ("owner", "other")])
def test_others_do_not_count(shop, stands, role):
    stands(role)
    assert "owner" in [gap.key for gap in judged(shop).gaps]


def test_only_who_is_owner_now_counts(shop, stands, cast):
    day = today()
    ahead = stands(since=day + datetime.timedelta(days=1))
    assert reading.owned([shop.pk], day) == set()
    assert reading.owned([shop.pk], day + datetime.timedelta(days=1)) == {shop.pk}
    PersonRole.objects.filter(pk=ahead.pk).delete()
    standing = stands(since=day - datetime.timedelta(days=9))
    assert reading.owned([shop.pk], day) == {shop.pk}
    end_role(standing=standing, until=day, by=cast.tao)
    assert reading.owned([shop.pk], day) == set()


def test_of_a_past_day_by_what_was_written_by_then(shop, stands):
    standing = stands()
    yesterday = today() - datetime.timedelta(days=1)
    assert reading.owned([shop.pk], yesterday) == set()
    person = Person.objects.filter(pk=standing.person_id)
    person.update(created_at=standing.person.created_at - datetime.timedelta(days=2))
    assert reading.owned([shop.pk], yesterday) == {shop.pk}


def test_many_are_one_query_and_the_same(shop, stands, note, regions, django_assert_num_queries):
    others = [create_customer(code=f"X{n}", name=f"X{n}", kind="franchisee", region=regions.jiangsu) for n in range(9)]
    note("staff", "3")
    stands()
    stands("owner", others[0], since=today())
    stands("manager", others[1])
    with django_assert_num_queries(1):
        found = reading.completeness_of_many([(one, "A") for one in [shop, *others]], today())
    assert [pk for pk, one in found.items() if "owner" not in [gap.key for gap in one.gaps]] == [shop.pk, others[0].pk]
    for one in (shop, others[0], others[1]):
        assert found[one.pk] == judged(one, "A")
    whole = sum(one.weight for one in reading.items_for("A"))
    assert found[others[0].pk].share - found[others[1].pk].share == Fraction(5, whole)


def test_the_question_leads_to_the_form_of_a_person(sign_in, cast, shop, stands):
    tao = sign_in(cast.tao)
    address = f"{reverse('customers:person-new')}?customer={shop.pk}"
    page = tao.get(reverse("customers:profile", args=[shop.pk])).content.decode()
    ask = page[page.index('id="ask"') :]
    ask = ask[: ask.index("</section>")]
    assert "Who owns the shop?" in ask and f'href="{address}"' in ask and "<form" not in ask
    assert address in tao.get(reverse("customers:detail", args=[shop.pk])).content.decode()
    skipped = tao.get(reverse("customers:profile-ask", args=[shop.pk]), {"skip": "owner"}, headers=HTMX)
    assert "Who owns the shop?" not in skipped.content.decode()
    sent = tao.post(address, {"name": "王老板", "role": "owner"})
    assert sent.status_code == 302
    assert reading.owned([shop.pk], today()) == {shop.pk}
    assert "Who owns the shop?" not in tao.get(reverse("customers:profile", args=[shop.pk])).content.decode()


def test_who_only_reads_is_asked_without_a_link(sign_in, cast, shop):
    page = sign_in(cast.ana).get(reverse("customers:detail", args=[shop.pk])).content.decode()
    assert "Who owns the shop?" in page and reverse("customers:person-new") not in page


def test_the_api_names_it_among_the_gaps(sign_in, cast, shop, stands):
    client, address = sign_in(cast.tao), f"/api/v1/customers/{shop.pk}/completeness/"
    (gap,) = [one for one in client.get(address).json()["gaps"] if one["field"] == "owner"]
    whole = sum(one.weight for one in reading.items_for(""))
    assert gap == {
        "field": "owner",
        "question": "Who owns the shop?",
        "why": "Nobody could say who decides.",
        "is_stale": False,
        "gain": f"{3 / whole:.4f}",
    }
    stands()
    assert [one for one in client.get(address).json()["gaps"] if one["field"] == "owner"] == []
