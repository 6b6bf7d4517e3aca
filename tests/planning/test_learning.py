"""Travel times learned from somebody's own drives: the rule exactly, the rows it rests on, and that plans say so."""

from __future__ import annotations

import datetime
import math

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.clock import now, today
from customers.models import Contact
from tests.planning.conftest import ahead
from visits.models import PlannedVisit, VisitReport, WorkingDay
from visits.planning.learning import Drive, Learned, learned, plausible
from visits.planning.situation import workday_of
from visits.planning.travel import Pace, estimated
from visits.report.actions import file_report
from visits.report.driving import drives

A_DAY = datetime.timedelta(days=1)
USUAL = Pace().usual  # 1.3 x 60 / 55


def drawn(middle: float, n: int) -> float:
    return math.exp((n * math.log(middle) + 8 * math.log(USUAL)) / (n + 8))


def test_each_part_of_the_way_has_a_pace_of_its_own():
    town = [Drive(4, 12)] * 8  # 3 minutes a km
    found = learned(town, USUAL)
    assert found.drives == 8
    assert found.rates[0] == pytest.approx(drawn(3.0, 8))
    assert found.rates[1:] == pytest.approx((USUAL, USUAL))
    first = found.rates[0]
    county = [Drive(28, first * 8 + 20 * 1.2)] * 6
    found = learned([*town, *county], USUAL)
    assert found.rates[1] == pytest.approx(drawn(1.2, 6))
    spent = first * 8 + found.rates[1] * 32
    found = learned([*town, *county, *[Drive(90, spent + 50 * 0.7)] * 8], USUAL)
    assert found.rates[2] == pytest.approx(drawn(0.7, 8))
    assert found.minutes(90) == pytest.approx(spent + 50 * drawn(0.7, 8))


def test_few_drives_teach_nothing_and_what_was_no_drive_is_left_out():
    assert learned([Drive(4, 12)] * 4, USUAL) is None
    wrong = [Drive(0.2, 2), Drive(4, 0), Drive(4, -3), Drive(4, 70), Drive(30, 10), Drive(300, 250)]
    assert plausible(wrong) == []
    assert learned([*[Drive(4, 12)] * 4, *wrong], USUAL) is None


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.floats(0.1, 200), st.floats(1, 300)), min_size=5, max_size=20))
def test_further_is_never_shorter_and_a_way_round_never_pays(told):
    found = learned([Drive(*one) for one in told], USUAL)
    if found is None:
        return
    assert found.rates[0] >= found.rates[1] >= found.rates[2] > 0
    for a, b in ((1.0, 5.0), (8.0, 8.0), (6.0, 50.0), (39.0, 120.0)):
        assert found.minutes(a + b) <= found.minutes(a) + found.minutes(b) + 1e-9
        assert found.minutes(a + b) > found.minutes(b)


def test_an_estimate_at_a_learned_pace_keeps_its_kilometres():
    points = [(30.0, 120.0), (30.05, 120.0), (31.0, 120.0)]
    plain, own = estimated(points, Pace()), estimated(points, Pace(learned=Learned((3.0, 1.2, 0.7), 21)))
    assert own.km == plain.km
    assert (plain.source, own.source, own.drives) == ("estimated", "learned", 21)
    near, far = plain.km[0][1] / 1.3, plain.km[0][2] / 1.3
    assert own.minutes[0][1] == pytest.approx(3.0 * near)
    assert own.minutes[0][2] == pytest.approx(3.0 * 8 + 1.2 * 32 + 0.7 * (far - 40))


# --- the rows -----------------------------------------------------------------------------------------------------


def checked_in(shop, person, ago: int, at: str, minutes: int, away: int = 20) -> None:
    """A report of some days ago; `at`: local time of the check-in."""
    one = file_report(customer=shop, by=person, day=today(), listened="x", minutes=minutes)
    moment = datetime.datetime.combine(today() - ago * A_DAY, datetime.time.fromisoformat(at))
    VisitReport.objects.filter(pk=one.pk).update(
        checked_in_at=timezone.make_aware(moment), latitude=30, longitude=120, distance_m=away, minutes=minutes
    )


@pytest.mark.django_db
def test_drives_are_from_leaving_one_shop_to_the_next_of_the_day(shops, cast):
    checked_in(shops[0], cast.tao, 2, "09:00", 30)
    checked_in(shops[2], cast.tao, 2, "09:45", 40)  # 0.04 degrees north: 4.45 km
    checked_in(shops[1], cast.tao, 2, "13:30", 30)  # over lunch
    checked_in(shops[3], cast.tao, 2, "14:20", 30, away=5000)  # not at the shop
    checked_in(shops[4], cast.tao, 1, "09:00", 30)  # another day
    checked_in(shops[0], cast.mei, 2, "09:40", 30)  # somebody else
    lunch = datetime.time(12)
    assert [(round(one.km, 1), one.minutes) for one in drives(cast.tao, lunch)] == [(4.4, 15.0)]
    assert [round(one.minutes) for one in drives(cast.tao, None)] == [15, 185]
    VisitReport.objects.update(checked_in_at=now() - 200 * A_DAY)
    assert drives(cast.tao, None) == []


def without_check_in(shop, person, ago: int, planned: str | None, *, filed: bool) -> None:
    """Made some days ago, with a report or only said to be."""
    at = None if planned is None else datetime.time.fromisoformat(planned)
    one = file_report(customer=shop, by=person, day=today(), listened="x", minutes=20)
    day = today() - ago * A_DAY
    PlannedVisit.objects.filter(pk=one.visit_id).update(day=day, starts_at=at)
    begun = timezone.make_aware(datetime.datetime.combine(day, at or datetime.time(12)))
    Contact.objects.filter(pk=one.contact_id).update(happened_at=begun)
    if not filed:
        one.delete()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("between", "found"),
    [
        ({"planned": "09:40", "filed": True}, 0),
        ({"planned": "09:40", "filed": False}, 0),
        ({"planned": None, "filed": True}, 0),  # nobody knows when
        ({"planned": None, "filed": False}, 0),
        ({"planned": "15:00", "filed": True}, 1),
        ({"planned": "15:00", "filed": False}, 1),
    ],
)
def test_a_visit_on_the_way_makes_it_two_drives(shops, cast, between, found):
    checked_in(shops[0], cast.tao, 2, "09:00", 30)
    checked_in(shops[2], cast.tao, 2, "10:45", 40)
    assert [one.minutes for one in drives(cast.tao, None)] == [75.0]
    without_check_in(shops[1], cast.tao, 2, **between)
    assert [one.minutes for one in drives(cast.tao, None)] == [75.0] * found


@pytest.mark.django_db
def test_a_check_in_far_off_on_the_way_makes_it_two_drives_and_others_visits_do_not(shops, cast):
    checked_in(shops[0], cast.tao, 2, "09:00", 30)
    checked_in(shops[2], cast.tao, 2, "10:45", 40)
    checked_in(shops[1], cast.mei, 2, "09:50", 20, away=5000)
    assert [one.minutes for one in drives(cast.tao, None)] == [75.0]
    checked_in(shops[1], cast.tao, 2, "09:50", 20, away=5000)
    assert drives(cast.tao, None) == []


@pytest.mark.django_db
def test_a_plan_says_from_how_many_drives_it_knows(shops, cast, planned, client, monkeypatch):
    assert workday_of(cast.tao)[2].learned is None
    for ago in range(1, 7):
        checked_in(shops[0], cast.tao, ago, "09:00", 30)
        checked_in(shops[2], cast.tao, ago, "09:45", 30)
    pace = workday_of(cast.tao)[2]
    assert pace.learned.drives == 6
    assert pace.learned.rates[0] == pytest.approx(drawn(15 / 4.4478, 6), rel=1e-3)
    client.force_login(cast.tao)
    page = client.get(f"/visits/day/{ahead(1)}/").content.decode()
    assert "Travel times are learned from 6 drives of their own." in page
    monkeypatch.setattr("django.conf.settings.ROUTER_URL", "http://127.0.0.1:1")
    assert workday_of(cast.tao)[2].learned is None


@pytest.mark.django_db
def test_three_statements_however_many_drives(shops, cast):
    assert WorkingDay.objects.filter(user=cast.tao).exists()
    for ago in (1, 2):
        checked_in(shops[0], cast.tao, ago, "09:00", 30)
        checked_in(shops[2], cast.tao, ago, "09:45", 30)
        with CaptureQueriesContext(connection) as asked:
            workday_of(cast.tao)
        assert len(asked) == 3
