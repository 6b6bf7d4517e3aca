"""Whom a slump is told to, and what the customer's timeline tells of it."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.accounts.actions import create_user
from crm.clock import today
from crm.models import Notification
from customers.care import special
from customers.models import StandIn
from customers.profile.actions import assign
from customers.slumps import timeline
from customers.slumps.models import State
from customers.slumps.telling import looking_after, tell
from tests.slumps.conftest import at
from tests.slumps.test_pages import made

pytestmark = pytest.mark.django_db
A_DAY = datetime.timedelta(days=1)


@pytest.fixture
def wei(regions, cast):
    return create_user(username="wei", name="Wei", role="manager", region=regions.zhejiang)


@pytest.fixture
def posted(regions, cast):
    """A market manager of East, and one of West."""
    make = lambda name, region: create_user(username=name, name=name, role="manager", region=region)
    return make("yan", regions.east), make("xu", regions.west)


def told() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, key in Notification.objects.order_by("user__username").values_list("user__username", "key"):
        found.setdefault(name, []).append(key)
    return found


def stand_in(absent, by, made_by):
    StandIn.objects.create(
        absent=absent, stand_in=by, since=today(), until=today() + 3 * A_DAY, reason="病假", made_by=made_by
    )


def test_who_is_named_is_told_once(shops, cast, posted):
    slump = made(shops[0])
    assert (tell(today()), tell(today())) == (1, 0)
    assert told() == {"tao": [f"slump:{slump.pk}"]}


def test_where_nobody_is_named_the_managers_posted_there(shops, cast, posted, wei):
    assign(customers=[shops[0]], user=None, since=today(), by=cast.mei)
    slump = made(shops[0])
    tell(today())
    assert told() == {"yan": [f"slump:{slump.pk}"]}  # not wei of Zhejiang, xu of West, nor Mei, who heads


def test_who_stands_in_and_whose_special_customer_it_is(shops, cast, wei):
    stand_in(cast.tao, wei, cast.mei)
    mine, other = made(shops[0]), made(shops[1])
    special.begin_care(
        customer=shops[0], user=cast.mei, by=cast.mei, reason="dispute", review_on=today() + 9 * A_DAY, exit_rule="x"
    )
    tell(today())
    both = [f"slump:{mine.pk}", f"slump:{other.pk}"]
    assert {name: sorted(keys) for name, keys in told().items()} == {
        "mei": [f"slump:{mine.pk}"],
        "tao": sorted(both),
        "wei": sorted(both),
    }


def test_as_many_statements_for_many_as_for_one(shops, cast, posted, django_assert_num_queries):
    assign(customers=shops[:5], user=None, since=today(), by=cast.mei)
    paths = {one.pk: one.region.path for one in shops}
    with CaptureQueriesContext(connection) as few:
        looking_after({shops[0].pk: paths[shops[0].pk]}, today())
    with CaptureQueriesContext(connection) as many:
        found = looking_after(paths, today())
    assert len(few) == len(many) == 4
    assert found[shops[0].pk] == {posted[0].pk} and found[shops[6].pk] == {cast.tao.pk}


def test_the_timeline_tells_when_it_came_and_when_it_was_over(shops, cast):
    day = today()
    slump = made(shops[0], closed_on=day, state=State.RECOVERED, note="断码")
    made(shops[0], 0, kind="silent", depth=None, expected=None, got=None, withdrawn=True)
    found = timeline.entries(cast.tao, shops[0], day - 30 * A_DAY, day)
    assert [(one.at, one.title, one.tone, one.url) for one in found] == [
        (slump.third_day, "Slump: 34% below normal", "bad", f"/slumps/{slump.pk}/"),
        (day, "Sales are back", "ok", f"/slumps/{slump.pk}/"),
    ]
    assert found[0].text.endswith("断码")
    assert timeline.entries(cast.tao, shops[0], day - 30 * A_DAY, day - 20 * A_DAY) == []
    assert timeline.entries(cast.lin, shops[0], day - 30 * A_DAY, day) == []
    page = at(cast.tao).get(f"/customers/{shops[0].pk}/timeline/?kind=slump").content.decode()
    assert "Sales are back" in page
