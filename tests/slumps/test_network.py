"""What all shops lose together is news of the network, and no shop's slump."""

from __future__ import annotations

import datetime
from decimal import Decimal

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.clock import today
from customers.relationship.slumps import day_number
from customers.relationship.slumpshock import Factor, shocks
from customers.slumps import keeping, network, waiting
from customers.slumps.detecting import detect
from customers.slumps.models import NetworkDay, SlumpAlert
from tests.slumps.conftest import DAYS, at, day, tell, usual

LN_DOWN = float(np.log(0.75))


def series(*tail: float, before: int = 60, skip: int = 0) -> list[Factor]:
    """`before` days that swing by ±1 %, then the tail; skip: days left out before the tail."""
    calm = [Factor(n, 0.01 * (-1) ** n) for n in range(before)]
    return calm + [Factor(before + skip + n, value) for n, value in enumerate(tail)]


def test_three_days_down_by_a_quarter_are_one_shock_with_what_was_lost():
    (one,) = shocks(series(LN_DOWN, LN_DOWN, LN_DOWN, LN_DOWN, 0, 0, 0))
    # The middle of three is down on the second day already; and still on the day after the fourth.
    assert (one.first, one.told, one.last) == (59, 61, 64)
    (one,) = shocks(series(*[LN_DOWN] * 3))
    assert (one.first, one.told, one.last) == (59, 61, 62)
    assert one.drop == pytest.approx(1 - np.exp((3 * LN_DOWN - 0.01) / 4))


@pytest.mark.parametrize(
    "tail",
    [
        [LN_DOWN, 0, 0],  # one day
        [float(np.log(0.81))] * 3,  # less than a fifth
        [-LN_DOWN] * 3,  # up
    ],
)
def test_no_shock(tail):
    assert shocks(series(*tail)) == []


def test_a_network_that_always_swings_so_far_has_none():
    wild = [Factor(n, 0.3 * (-1) ** (n // 3)) for n in range(90)]
    assert shocks(wild) == []


def test_nothing_is_said_before_there_is_a_history_nor_across_a_gap():
    assert shocks(series(*[LN_DOWN] * 3, before=30)) == []
    assert shocks(series(LN_DOWN, LN_DOWN, skip=9)) == []


def test_a_fall_within_a_fortnight_is_the_same_and_a_later_one_another():
    near = series(*[LN_DOWN] * 3, *[0.0] * 10, *[LN_DOWN] * 3)
    assert [one.first for one in shocks(near)] == [59]
    far = series(*[LN_DOWN] * 3, *[0.0] * 25, *[LN_DOWN] * 3)
    assert [one.first for one in shocks(far)] == [59, 87]


def test_a_day_is_judged_by_itself_and_what_came_before():
    whole = series(*[LN_DOWN] * 4, *[0.0] * 20)
    for n in range(62, len(whole)):
        (one,) = shocks(whole[:n])
        assert (one.first, one.told) == (59, 61)
    assert shocks(whole[:61]) == []


# --- the nightly run ----------------------------------------------------------------------------------------------


@pytest.fixture
def shocked(shops):
    """All shops sell 30 % less on four days from day 185 on."""
    values = usual(12)
    values[:, 185:189] *= 0.7
    return np.round(values, 2)


@pytest.mark.django_db
def test_a_shock_of_all_shops_is_one_piece_of_news_and_nobodys_slump(shops, shocked):
    for shop, values in zip(shops, shocked, strict=True):
        tell(shop, values)
    detect(as_of=day(190))
    assert not SlumpAlert.objects.exists()
    shock = network.news(day(190))
    assert (shock.first, shock.told) == (day_number(day(184)), day_number(day(186)))
    assert NetworkDay.objects.get(day=day(186)).shops == 12
    assert network.news(day(184)) is None
    assert network.news(day(195)) is not None
    assert network.news(day(240)) is None


@pytest.mark.django_db
def test_one_shops_slump_is_no_news_of_the_network(ledger):
    detect(as_of=day(199))
    assert SlumpAlert.objects.count() == 2 and network.news(day(199)) is None


@pytest.mark.django_db
def test_nightly_and_replayed_days_are_the_same_and_again_changes_nothing(shops, shocked):
    for shop, values in zip(shops, shocked, strict=True):
        tell(shop, values)
    for n in (175, 186, 190, DAYS - 1):
        detect(as_of=day(n))
    rows = list(NetworkDay.objects.order_by("day").values_list("pk", "day", "factor", "shops"))
    detect(as_of=day(DAYS - 1))
    assert list(NetworkDay.objects.order_by("day").values_list("pk", "day", "factor", "shops")) == rows
    keeping.forget()
    detect(as_of=day(DAYS - 1), full=True)
    assert list(NetworkDay.objects.order_by("day").values_list("pk", "day", "factor", "shops")) == rows
    detect(as_of=day(150))  # an earlier day is worked out, never written
    assert NetworkDay.objects.count() == len(rows)


# --- who sees it --------------------------------------------------------------------------------------------------


@pytest.fixture
def news(db):
    """70 calm days until today, the last four of which sold a quarter less."""
    calm = [Decimal("0.01"), Decimal("-0.01")]
    last = [today() - datetime.timedelta(days=n) for n in range(69, -1, -1)]
    NetworkDay.objects.bulk_create(
        NetworkDay(day=when, factor=Decimal("-0.287682") if n >= 66 else calm[n % 2], shops=12)
        for n, when in enumerate(last)
    )


def lines(user) -> list:
    return [one for one in waiting.tasks(user, today()) if one.kind == "network"]


def test_managers_and_heads_have_one_line_and_the_page_says_it(news, cast):
    (task,) = lines(cast.mei)
    assert task.key == f"network:{today() - datetime.timedelta(days=4)}"
    assert task.reason.startswith("The whole network sold 21% less than normal from ")
    for user in (cast.mei, cast.tao, cast.lin, cast.ada):
        assert lines(user) == [task]
        assert task.reason in at(user).get("/slumps/").content.decode()
        assert task.reason in at(user).get("/today/").content.decode()
    for user in (cast.ana, cast.bot):
        assert lines(user) == []
    assert "The whole network" not in at(cast.ana).get("/slumps/").content.decode()


def test_done_is_done(news, cast):
    (task,) = lines(cast.mei)
    at(cast.mei).post("/today/mark/", {"key": task.key, "do": "done"})
    assert task.reason not in at(cast.mei).get("/today/").content.decode()


def test_one_statement(news, cast):
    with CaptureQueriesContext(connection) as asked:
        assert network.news(today()) is not None
    assert len(asked) == 1
