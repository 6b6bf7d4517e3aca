"""Birthday, family and notes: for who is in charge, their heads and administrators; not for colleagues next door."""

from __future__ import annotations

import datetime

import pytest
from django.urls import reverse

from crm.accounts.actions import create_user
from customers.models import RelationType
from customers.people.actions import create_person, relate
from customers.people.discretion import may_see_private
from customers.people.models import Person, Relation
from customers.people.standard import ship
from customers.profile.actions import assign, create_customer


@pytest.fixture
def owner(cast, regions):
    """An owner with birthday, note and wife; Tao in charge of the shop, Wei posted to the region beside him."""
    ship(RelationType.objects)
    cast.wei = create_user(username="wei", name="Wei", role="manager", region=regions.jiangsu)
    shop = create_customer(code="S1", name="东店", kind="franchisee", region=regions.jiangsu)
    assign(customers=[shop], user=cast.tao, since=datetime.date(2026, 1, 1))
    made = create_person(
        name="张三", birth_month=5, birth_day=6, note="怕老婆", by=cast.mei, customer=shop, role={"role": "owner"}
    )
    wife = create_person(name="李四", by=cast.mei, customer=shop, role={"role": "spouse"})
    relate(start=made, type=RelationType.objects.get(code="married"), end=wife, by=cast.mei)
    return made


WHO = {"mei": True, "tao": True, "ada": True, "wei": False, "ana": False, "bot": False}


@pytest.mark.parametrize("who", WHO)
def test_on_page_and_api(owner, cast, sign_in, who):
    user = getattr(cast, who)
    assert may_see_private(user, owner) is WHO[who]
    told = Person.objects.open_to(user).filter(pk=owner.pk).exists()
    assert (told, Relation.objects.visible_to(user).exists()) == (WHO[who], WHO[who])
    if who != "bot":
        page = sign_in(user).get(reverse("customers:person", args=[owner.pk])).content.decode()
        assert ("怕老婆" in page, "is married to" in page) == (WHO[who], WHO[who])


def test_who_leaves_the_customer_is_shown_it_no_more(owner, cast):
    shop = owner.roles.get().customer
    assign(customers=[shop], user=cast.wei, since=datetime.date.today())
    for user in (cast.tao, cast.wei):
        user.__dict__.pop("_open_people", None)
    assert may_see_private(cast.wei, owner) and not Person.objects.open_to(cast.tao).exists()


def test_with_nobody_in_charge_the_managers_of_the_region_are(owner, cast):
    owner.roles.get().customer.responsibilities.all().delete()
    assert may_see_private(cast.wei, owner)


def test_one_query_for_all_rows_of_a_request(owner, cast, django_assert_num_queries):
    may_see_private(cast.tao, owner)
    with django_assert_num_queries(0):
        assert may_see_private(cast.tao, owner)
