from __future__ import annotations

import pytest


@pytest.fixture
def shop(cast, regions):
    """A franchisee in Jiangsu, Tao in charge of it."""
    import datetime

    from customers.profile.actions import assign, create_customer

    made = create_customer(code="S1", name="张三鲜", kind="franchisee", region=regions.jiangsu)
    assign(customers=[made], user=cast.tao, since=datetime.date(2026, 1, 1))
    return made


@pytest.fixture
def note(shop, cast):
    from customers.facts.actions import Origin, note_fact

    def write(field, value, *, by=None, seen=None, **origin):
        return note_fact(customer=shop, field=field, value=value, by=by or cast.tao, origin=Origin(**origin), seen=seen)

    return write
