"""The pages of a quarter, of the team and of lost days: exact figures, who sees them, few statements for many rows."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm.clock import now, today
from crm.jobs import runner
from crm.workdays import next_working_day
from customers.models import TierStanding
from customers.profile.actions import assign, create_customer
from tests.planning.conftest import SINCE, ahead
from visits.models import BusyDay, PlanDraft, PlannedVisit, VisitorPace
from visits.plan import weeks
from visits.plan.actions import plan_visit
from visits.plan.busy import add_busy
from visits.plan.quarterly import lines_of
from visits.plan.team import board
from visits.planning.lost import span_of

pytestmark = pytest.mark.django_db
A_DAY = datetime.timedelta(days=1)
TOOK = datetime.date(2026, 3, 4)
"""A Wednesday on which these pages are looked at; 2026 is announced."""


def at(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def wednesday(monkeypatch):
    for name in (
        *("visits.planning.quarter_views", "visits.planning.team_views", "visits.planning.lost_views"),
        *("visits.planning.lost", "visits.planning.day_views", "visits.planning.actions", "visits.plan.actions"),
        *("visits.plan.year_views", "visits.planning.rhythms", "visits.planning.forms"),
    ):
        monkeypatch.setattr(f"{name}.today", lambda: TOOK)
    return TOOK


def on(month: int, day: int) -> datetime.date:
    return datetime.date(2026, month, day)


def row(customer, visitor, day: datetime.date, state: str = "planned", **more) -> PlannedVisit:
    ended = None if state == "planned" else now()
    why = {"outcome": "x"} if state == "cancelled" else {}
    return PlannedVisit.objects.create(
        customer=customer, visitor=visitor, day=day, state=state, ended_at=ended, **{"minutes": 60, **why, **more}
    )


def asked(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


# --- a quarter ----------------------------------------------------------------------------------------------------


@pytest.fixture
def march(shops, cast, wednesday):
    """Of six shops S0 was visited on 27 February and is planned for 5 and 16 March, agreed; S1 was visited on Monday;
    the others are kept by calls, so that they ask for nothing.
    """
    from visits.plan.rhythms import keep_by_calls

    row(shops[0], cast.tao, on(2, 27), "done")
    row(shops[0], cast.tao, on(3, 5))
    row(shops[0], cast.tao, on(3, 16), is_agreed=True, minutes=90)
    row(shops[1], cast.tao, on(3, 2), "done")
    row(shops[1], cast.tao, on(3, 3), "cancelled")
    keep_by_calls(customers=shops[2:], days=30, reason="远", by=cast.tao, since=today())
    from visits.models import CadenceOverride

    CadenceOverride.objects.update(since=on(1, 1))
    VisitorPace.objects.create(person=cast.tao, there=60, travel=40, day=400)
    BusyDay.objects.create(person=cast.tao, first=on(3, 9), last=on(3, 10), kind="leave")
    BusyDay.objects.create(person=cast.tao, first=on(3, 11), last=on(3, 11), kind="meeting", part="morning")
    return shops


def test_weeks_tell_what_is_planned_and_what_they_lack(march, cast):
    lines, pace = lines_of(cast.tao, cast.tao, weeks.Quarter(2026, 1), TOOK)
    assert (pace.travel, pace.day) == (40, 400)
    told = {
        one.week.number: (str(one.free), one.planned, one.agreed, one.made, one.minutes, one.room, one.due, one.broken)
        for one in lines
        if one.week.number >= 9
    }
    assert told == {
        # free, planned, agreed, made, minutes there and on the way, minutes of the free days, due, broken
        9: ("5", 0, 0, 1, 100, 2000, None, None),  # Monday is free, Saturday is worked instead
        10: ("5", 1, 0, 1, 200, 2000, 0, 0),
        11: ("2.5", 0, 0, 0, 0, 1000, 2, 1),  # S0 on the 12th, S1 on the 9th; on the 13th it is too late for S1
        12: ("5", 1, 1, 0, 130, 2000, 1, 1),  # S1 on the 16th; S0 is there on the 16th, a day too late
        13: ("5", 0, 0, 0, 0, 2000, 2, 1),
        14: ("2", 0, 0, 0, 0, 800, 2, 0),
    }


def test_the_quarter_page_shows_them_and_drafts_it(march, cast):
    tao = at(cast.tao)
    text = tao.get("/visits/quarter/?quarter=2026-Q1").text
    assert "Q1 2026" in text and "130 / 2000" in text and "this week" in text
    assert 'name="first" value="2026-03-05"' in text and 'name="last" value="2026-03-31"' in text
    assert f"/visits/month/?month=2026-03&amp;person={cast.tao.pk}" in text
    sent = {"visitor": cast.tao.pk, "first": "2026-03-05", "last": "2026-03-31", "seconds": 30}
    answer = tao.post("/visits/drafts/", sent)
    draft = PlanDraft.objects.get()
    assert answer.url == f"/visits/drafts/{draft.pk}/"
    assert (draft.first, draft.last, draft.seconds) == (on(3, 5), on(3, 31), 30)


def test_a_quarter_is_drafted_whole_where_its_days_allow(shops, cast, wednesday):
    tao = at(cast.tao)
    ahead_ = tao.get("/visits/quarter/?quarter=2026-Q3").text
    assert 'value="2026-07-01"' in ahead_ and 'value="2026-09-30"' in ahead_
    past, far = (tao.get(f"/visits/quarter/?quarter={name}").text for name in ("2025-Q4", "2027-Q2"))
    assert "Its days have passed." in past and "Draft this quarter" not in past
    assert "400 days ahead at most" in far and "Draft this quarter" not in far
    assert "not announced yet" in far and "not announced yet" not in past


@pytest.mark.parametrize("name", ["nonsense", "9999-Q4", "0001-Q1", ""])
def test_a_name_that_is_none_shows_this_quarter(shops, cast, wednesday, name):
    assert "Q1 2026" in at(cast.tao).get(f"/visits/quarter/?quarter={name}").text


def test_whose_quarter(shops, cast, wednesday):
    row(shops[0], cast.tao, on(3, 5))
    address = f"/visits/quarter/?quarter=2026-Q1&person={cast.tao.pk}"
    assert "Draft this quarter" in at(cast.mei).get(address).text
    assert at(cast.lin).get(address).status_code == 404
    seen = at(cast.ana).get(address)
    assert seen.status_code == 200 and "Draft this quarter" not in seen.text
    assert at(cast.tao).get(f"/visits/quarter/?person={cast.mei.pk}").status_code == 404


def more_shops(regions, cast, many: int):
    made = [
        create_customer(code=f"M{n}", name=f"多{n}", kind="franchisee", region=regions.jiangsu) for n in range(many)
    ]
    assign(customers=made, user=cast.tao, since=SINCE)
    for one in made:
        TierStanding.objects.update_or_create(
            customer=one, defaults={"tier": "A", "kind": one.kind, "region": regions.jiangsu}
        )
        plan_visit(customer=one, visitor=cast.tao, day=ahead(3), by=cast.tao)
    return made


def test_a_quarter_costs_as_many_statements_for_many_as_for_few(planned, cast, regions):
    tao, address = at(cast.tao), "/visits/quarter/"
    asked(tao, address)
    few = asked(tao, address)
    more_shops(regions, cast, 12)
    assert asked(tao, address) == few <= 24


# --- who has nobody -----------------------------------------------------------------------------------------------


@pytest.fixture
def alone(django_user_model):
    """An analyst of a region that has no people and no customers."""
    return django_user_model.objects.create(username="leer", name="Leer", role="analyst")


@pytest.mark.parametrize("path", ["month", "quarter", "team"])
def test_who_has_nobody_in_reach_is_told_so(cast, alone, path):
    answer = at(alone).get(f"/visits/{path}/")
    assert answer.status_code == 200
    assert "Nobody here makes visits" in answer.text


# --- the team -----------------------------------------------------------------------------------------------------


def test_the_board_tells_of_each_what_lies_before_them(shops, cast, wednesday):
    row(shops[0], cast.tao, on(3, 2), "done")
    row(shops[1], cast.tao, on(3, 3))  # nobody said what became of it
    row(shops[2], cast.tao, on(3, 2), "cancelled")
    row(shops[2], cast.tao, on(3, 6), minutes=300)
    row(shops[3], cast.tao, on(3, 18))
    row(shops[4], cast.tao, on(2, 12), "done")
    VisitorPace.objects.create(person=cast.tao, there=60, travel=40, day=400)
    BusyDay.objects.create(person=cast.tao, first=on(3, 4), last=on(3, 5), kind="leave")
    people = [cast.mei, cast.tao]
    week = board(cast.mei, people, on(3, 2), on(3, 8), TOOK)
    told = [
        (one.planned, one.made, one.minutes, one.room, one.percent, one.late, one.late_a, one.unreported)
        for one in week
    ]
    # Of Tao's shops S1 (A), S2 and S3 (B) and S5 (C) were never visited; S0 was on Monday, S4 (C) three weeks ago.
    assert told == [(0, 0, 0, 2100, 0, 0, 0, 0), (2, 1, 540, 1200, 45, 4, 1, 1)]
    # On the 6th 340 of 400 minutes are taken, and a visit more needs 100.
    assert [one.free_on for one in week] == [on(3, 4), on(3, 9)]
    four = board(cast.mei, people, on(3, 2), on(3, 29), TOOK)[1]
    assert (four.planned, four.made, four.minutes, four.room) == (3, 1, 640, 7200)


def test_only_whom_one_may_send_stands_on_the_board(planned, cast):
    text = at(cast.mei).get("/visits/team/").text
    assert f"/visits/month/?person={cast.tao.pk}" in text and "Lin" not in text
    lins = at(cast.lin).get("/visits/team/?span=month").text
    assert f"person={cast.tao.pk}" not in lins and f"/visits/month/?person={cast.lin.pk}" in lins
    assert at(cast.tao).get("/visits/team/").status_code == 404
    assert "/visits/team/" not in at(cast.tao).get("/visits/month/").text
    assert at(cast.ana).get("/visits/team/").status_code == 200


def test_a_head_counts_only_what_they_see(shops, cast, regions, wednesday):
    west = create_customer(code="W1", name="西店", kind="franchisee", region=regions.sichuan)
    assign(customers=[west], user=cast.tao, since=SINCE)
    row(west, cast.tao, on(3, 5))
    row(shops[0], cast.tao, on(3, 6))
    (seen,) = board(cast.mei, [cast.tao], on(3, 2), on(3, 8), TOOK)
    (own,) = board(cast.tao, [cast.tao], on(3, 2), on(3, 8), TOOK)
    assert (seen.planned, own.planned) == (1, 2)


def test_the_board_costs_as_many_statements_for_many_people_as_for_few(planned, shops, cast, django_user_model):
    mei, address = at(cast.mei), "/visits/team/?span=month"
    asked(mei, address)
    few = asked(mei, address)
    for n, shop in enumerate(shops):
        person = django_user_model.objects.create(username=f"m{n}", name=f"M{n}", role="manager")
        assign(customers=[shop], user=person, since=today())
        row(shop, person, ahead(2))
        BusyDay.objects.create(person=person, first=ahead(3), last=ahead(3), kind="leave")
        VisitorPace.objects.create(person=person)
    assert at(cast.mei).get(address).text.count("/visits/month/?person=") >= 7
    assert asked(mei, address) == few <= 24


# --- lost days ----------------------------------------------------------------------------------------------------


def test_leave_on_days_with_visits_leads_to_planning_them_anew(planned, shops, cast):
    """S0 on the lost day moves; S1, agreed for the day after, stays."""
    tao, day = at(cast.tao), ahead(1)
    sent = {"person": cast.tao.pk, "kind": "leave", "first": str(day), "last": str(day), "part": "day"}
    answer = tao.post("/visits/year/busy/", sent)
    assert answer.url == f"/visits/lost-days/?person={cast.tao.pk}"
    page = tao.get(answer.url).text
    assert "1 visit is planned on a day without visits." in page and "Plan these anew" in page
    assert "店0" in page and "店1" not in page
    month = tao.get(f"/visits/month/?month={day:%Y-%m}").text
    assert "1 visit is planned on a day without visits." in month and answer.url in month
    made = tao.post("/visits/lost-days/plan/", {"person": cast.tao.pk})
    draft = PlanDraft.objects.get()
    assert made.url == f"/visits/drafts/{draft.pk}/"
    assert (draft.first, draft.last) == (day, day + 14 * A_DAY)
    PlanDraft.objects.update(seconds=1)
    assert runner.run(runner.claim(draft.job_id)) == "done"
    assert PlannedVisit.objects.get(pk=planned[0].pk).day == day  # nothing moves before it is accepted
    assert "moved" in tao.get(made.url).text
    tao.post(f"{made.url}accept/")
    moved, agreed = (PlannedVisit.objects.get(pk=one.pk) for one in planned)
    assert moved.day > day and agreed.day == ahead(2)
    assert "No visit stands in the way" in tao.get(answer.url).text


def test_days_off_without_visits_lead_back_to_the_year(planned, cast):
    day = ahead(9)
    sent = {"person": cast.tao.pk, "kind": "leave", "first": str(day), "last": str(day), "part": "day"}
    assert at(cast.tao).post("/visits/year/busy/", sent).url.startswith("/visits/year/?")


def test_what_is_agreed_stays_to_be_settled(planned, cast):
    add_busy(person=cast.tao, first=ahead(2), last=ahead(2), kind="leave", by=cast.tao)
    tao = at(cast.tao)
    page = tao.get("/visits/lost-days/").text
    assert "1 of them is agreed with its customer" in page and "Plan these anew" not in page
    assert f"/visits/{planned[1].pk}/edit/" in page
    assert tao.post("/visits/lost-days/plan/").url == f"/visits/lost-days/?person={cast.tao.pk}"
    assert not PlanDraft.objects.exists()


def test_half_a_day_takes_what_falls_into_it(planned, shops, cast):
    """S1 is at ten; S2 has no time and finds room in the afternoon; S3 at three stays as well."""
    plan_visit(customer=shops[2], visitor=cast.tao, day=ahead(2), by=cast.tao)
    plan_visit(customer=shops[3], visitor=cast.tao, day=ahead(2), starts_at=datetime.time(15), by=cast.tao)
    add_busy(person=cast.tao, first=ahead(2), last=ahead(2), kind="meeting", part="morning", by=cast.tao)
    page = at(cast.tao).get("/visits/lost-days/").text
    assert [f"店{n}" in page for n in (1, 2, 3)] == [True, False, False]


def test_somebody_elses_lost_days(planned, cast):
    add_busy(person=cast.tao, first=ahead(1), last=ahead(1), kind="leave", by=cast.tao)
    address = f"/visits/lost-days/?person={cast.tao.pk}"
    assert at(cast.lin).get(address).status_code == 404
    assert at(cast.lin).post("/visits/lost-days/plan/", {"person": cast.tao.pk}).status_code == 404
    assert "Plan these anew" in at(cast.mei).get(address).text
    assert "Plan these anew" not in at(cast.ana).get(address).text
    assert at(cast.ana).post("/visits/lost-days/plan/", {"person": cast.tao.pk}).status_code == 403
    assert not PlanDraft.objects.exists()
    assert at(cast.mei).post("/visits/lost-days/plan/", {"person": cast.tao.pk}).status_code == 302
    assert PlanDraft.objects.get().visitor == cast.tao


def test_the_days_among_which_they_are_planned_anew():
    day = on(3, 4)
    assert span_of([day], day) == (day, on(3, 18))  # ill today: nothing comes before it
    assert span_of([on(3, 6)], day) == (next_working_day(day), on(3, 20))
    assert span_of([on(3, 30), on(4, 1)], day) == (on(3, 23), on(4, 15))
    far = [on(3, 30), on(12, 1)]
    assert span_of(far, day) == (on(3, 23), on(3, 23) + 99 * A_DAY)  # no draft is longer


def test_lost_days_cost_as_many_statements_for_many_visits_as_for_few(planned, shops, cast):
    add_busy(person=cast.tao, first=ahead(1), last=ahead(8), kind="leave", by=cast.tao)
    tao, address = at(cast.tao), "/visits/lost-days/"
    asked(tao, address)
    few = asked(tao, address)
    for n in range(3, 8):
        for shop in shops[:3]:
            plan_visit(customer=shop, visitor=cast.tao, day=ahead(n), by=cast.tao)
    assert asked(tao, address) == few <= 20
