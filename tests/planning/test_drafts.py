"""Drafts: what they propose, what accepting them writes, and that undoing it gives back exactly what was."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.models import AuditEntry
from customers.profile.actions import assign, create_customer
from tests.planning.conftest import SINCE, ahead, drafted
from visits.models import DraftVisit, PlannedVisit, VisitGoal, WorkingDay
from visits.plan.actions import change_visit, plan_visit
from visits.planning import actions
from visits.planning.routes import Shift
from visits.planning.situation import Workday, situation_of

pytestmark = pytest.mark.django_db

FIELDS = ("id", "customer_id", "visitor_id", "day", "starts_at", "minutes", "purpose", "note", "is_agreed", "state")
FIELDS += ("ended_at", "outcome", "planned_by_id", "planned_at")


def all_visits() -> list[tuple]:
    return list(PlannedVisit.objects.order_by("pk").values_list(*FIELDS))


def test_a_week_is_proposed_with_every_rhythm_kept(shops, cast):
    draft = drafted(cast.tao, ahead(1), ahead(1) + datetime.timedelta(days=27))
    days = {n: [one.day for one in draft.visits.all() if one.customer_id == shop.pk] for n, shop in enumerate(shops)}
    assert draft.state == "ready"
    assert {n: len(found) for n, found in days.items()} == {0: 4, 1: 4, 2: 2, 3: 2, 4: 1, 5: 0}
    for n, high in ((0, 10), (1, 10), (2, 19), (3, 19)):
        gaps = [(b - a).days for a, b in zip(sorted(days[n]), sorted(days[n])[1:], strict=False)]
        assert all(gap <= high for gap in gaps), (n, gaps)
    assert draft.result["travel"] == "estimated"
    assert draft.result["new"] == 13
    assert [(one["customer_id"], one["code"]) for one in draft.result["remarks"]] == [(shops[5].pk, "no_place")]
    assert not PlannedVisit.objects.exists()


def test_the_last_visit_counts_across_the_border(shops, cast):
    """Seen yesterday, a weekly customer is not due on the first days."""
    from crm.clock import now

    PlannedVisit.objects.create(
        customer=shops[0], visitor=cast.tao, day=ahead(1) - datetime.timedelta(days=1), state="done", ended_at=now()
    )
    draft = drafted(cast.tao, ahead(1), ahead(1) + datetime.timedelta(days=6))
    mine = [one.day for one in draft.visits.all() if one.customer_id == shops[0].pk]
    assert all((day - ahead(1)).days >= 3 for day in mine)


def test_who_closed_is_no_more_planned_for_nor_told_of(shops, cast):
    type(shops[0]).objects.filter(pk=shops[0].pk).update(state="closed", closed_on=ahead(1))
    type(shops[1]).objects.filter(pk=shops[1].pk).update(state="closed", closed_on=ahead(5))
    found = situation_of(cast.tao, ahead(1), ahead(7)).shops
    assert shops[0].pk not in found and found[shops[1].pk].closed_on == ahead(5)


def test_nobody_goes_before_a_shop_opens(shops, cast):
    type(shops[0]).objects.filter(pk=shops[0].pk).update(opened_on=ahead(4))
    draft = drafted(cast.tao, ahead(1), ahead(1) + datetime.timedelta(days=20))
    days = [one.day for one in draft.visits.all() if one.customer_id == shops[0].pk]
    assert days and min(days) >= ahead(4)


def test_half_a_day_that_leaves_no_hours_is_no_day(shops, cast):
    day = Workday(Shift(480, 720), (720, 780))
    assert (day.on("morning"), day.on("afternoon"), day.on("day")) == (None, Shift(480, 720), None)


def test_a_day_begins_where_the_plan_does(shops, cast):
    """Without a place of its own: in the middle of all customers, however few are visited."""
    WorkingDay.objects.all().delete()
    plan_visit(customer=shops[0], visitor=cast.tao, day=ahead(1), by=cast.tao)
    whole = situation_of(cast.tao, ahead(1), ahead(9))
    assert situation_of(cast.tao, ahead(1), ahead(1), by_rhythm=False).home == whole.home == (30.34, 120.15)


def test_what_is_agreed_stays_and_what_differs_is_told(planned, shops, cast):
    draft = drafted(cast.tao, ahead(1), ahead(4))
    agreed = draft.visits.get(visit=planned[1])
    assert (agreed.change, agreed.day, agreed.begins, agreed.is_agreed) == ("same", ahead(2), 600, True)
    moved = draft.visits.get(visit=planned[0])
    assert moved.change in ("same", "moved")
    counted = {name: draft.result[name] for name in ("same", "moved", "new", "dropped", "left")}
    assert sum(counted.values()) == draft.visits.count()
    assert draft.result["minutes_before"] > 0


def test_accepting_writes_it_and_undoing_gives_back_exactly_what_was(planned, shops, cast):
    extra = plan_visit(customer=shops[2], visitor=cast.tao, day=ahead(3), by=cast.tao, goals=["陈列"])
    before = all_visits()
    goals = list(VisitGoal.objects.values_list("pk", "visit_id", "text", "met"))
    draft = drafted(cast.tao, ahead(1), ahead(5))
    proposed = {(one.customer_id, one.day) for one in draft.visits.exclude(day=None)}
    actions.accept(draft=draft, by=cast.mei)
    now_planned = PlannedVisit.objects.planned()
    assert {(one.customer_id, one.day) for one in now_planned} == proposed
    assert all(one.starts_at is not None for one in now_planned)
    assert PlannedVisit.objects.get(pk=planned[1].pk).starts_at == datetime.time(10)
    assert AuditEntry.objects.filter(action="visit.plan", actor=cast.mei).count() == draft.result["new"]
    assert extra.pk in set(now_planned.values_list("pk", flat=True))
    draft.refresh_from_db()
    assert draft.state == "accepted"
    actions.undo(draft=draft, by=cast.mei)
    assert all_visits() == before
    assert list(VisitGoal.objects.values_list("pk", "visit_id", "text", "met")) == goals
    draft.refresh_from_db()
    assert draft.state == "undone"


def test_a_change_in_between_refuses_all_of_it(planned, shops, cast):
    draft = drafted(cast.tao, ahead(1), ahead(5))
    change_visit(visit=planned[0], note="早上去", by=cast.tao)
    before = all_visits()
    told = AuditEntry.objects.count()
    with pytest.raises(ValidationError) as refusal:
        actions.accept(draft=draft, by=cast.tao)
    assert refusal.value.code == "conflict"
    assert "店0" in refusal.value.messages[0]
    assert all_visits() == before
    assert AuditEntry.objects.count() == told
    draft.refresh_from_db()
    assert draft.state == "ready"


def test_a_new_visit_in_between_refuses_it_too(shops, cast):
    draft = drafted(cast.tao, ahead(1), ahead(5))
    plan_visit(customer=shops[4], visitor=cast.tao, day=ahead(2), by=cast.tao)
    before = all_visits()
    with pytest.raises(ValidationError, match="店4"):
        actions.accept(draft=draft, by=cast.tao)
    assert all_visits() == before


def test_undo_refuses_when_one_was_changed_since(planned, shops, cast):
    draft = drafted(cast.tao, ahead(1), ahead(5))
    actions.accept(draft=draft, by=cast.tao)
    made = PlannedVisit.objects.filter(customer=shops[3]).get()
    change_visit(visit=made, note="带样品", by=cast.tao)
    before = all_visits()
    draft.refresh_from_db()
    with pytest.raises(ValidationError, match="店3"):
        actions.undo(draft=draft, by=cast.tao)
    assert all_visits() == before


def test_a_draft_is_decided_once(planned, shops, cast):
    draft = drafted(cast.tao, ahead(1), ahead(3))
    actions.discard(draft=draft, by=cast.tao)
    for act in (actions.accept, actions.discard, actions.undo):
        with pytest.raises(ValidationError, match="discarded"):
            act(draft=draft, by=cast.tao)


def test_who_is_out_of_reach_gets_no_draft(shops, cast):
    with pytest.raises(ValidationError, match="reach"):
        actions.ask(visitor=cast.tao, first=ahead(1), last=ahead(3), by=cast.lin)
    assert not DraftVisit.objects.exists()


def test_a_situation_is_read_in_as_many_statements_for_many_as_for_few(shops, cast, regions):
    def asked() -> int:
        with CaptureQueriesContext(connection) as caught:
            situation_of(cast.tao, ahead(1), ahead(20))
        return len(caught)

    few = asked()
    more = [
        create_customer(
            code=f"M{n}",
            name=f"多{n}",
            kind="franchisee",
            region=regions.jiangsu,
            latitude=Decimal("30.1"),
            longitude=Decimal("120.1"),
        )
        for n in range(12)
    ]
    assign(customers=more, user=cast.tao, since=SINCE)
    for one in more:
        plan_visit(customer=one, visitor=cast.tao, day=ahead(2), by=cast.tao)
    assert asked() == few


def test_accepting_costs_as_many_statements_for_many_as_for_few(shops, cast, regions):
    def asked(first, last) -> tuple[int, int]:
        draft = drafted(cast.tao, first, last)
        with CaptureQueriesContext(connection) as caught:
            actions.accept(draft=draft, by=cast.tao)
        return len(caught), draft.result["new"]

    few, made = asked(ahead(1), ahead(1))
    many, made_then = asked(ahead(20), ahead(44))
    assert made_then > made
    assert many == few
