"""Shops on both sides, people around them, and the kinds of relations."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from customers.people.models import RelationType
from customers.people.standard import ship


@pytest.fixture
def shops(cast, regions):
    """East: A, B, C in Jiangsu, of which Tao is in charge of A; West: W, of which nobody is."""
    import datetime

    from customers.profile.actions import assign, create_customer

    def make(code, name, region):
        return create_customer(code=code, name=name, kind="franchisee", region=region)

    found = SimpleNamespace(
        a=make("A", "甲店", regions.jiangsu),
        b=make("B", "乙店", regions.jiangsu),
        c=make("C", "丙店", regions.zhejiang),
        w=make("W", "西店", regions.sichuan),
    )
    assign(customers=[found.a], user=cast.tao, since=datetime.date(2020, 1, 1))
    return found


@pytest.fixture
def person(db):
    """person("王老板", customer, role="owner", …) -> a person who stands with that customer."""
    from customers.people.actions import add_role, create_person

    def make(name, *customers, role="owner", by=None, **fields):
        made = create_person(name=name, by=by, **fields)
        for customer in customers:
            add_role(person=made, customer=customer, role=role)
        return made

    return make


@pytest.fixture
def types(db):
    """The shipped kinds of relations by code, also after a transactional test emptied the table."""
    ship(RelationType.objects)
    return RelationType.objects.in_bulk(field_name="code")
