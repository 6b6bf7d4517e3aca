"""Reports of visits: filed once with all that follows, changed within a day, and every refusal leaves nothing."""

from __future__ import annotations

import datetime
import uuid
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.clock import now, today
from crm.jobs import runner
from crm.models import AuditEntry
from crm.workdays import last_working_day
from customers.contacts import actions as contacts
from customers.contacts import reading as talks
from customers.duplicates import actions as doubles
from customers.models import Commitment, Contact, Issue, Note, Observation
from customers.privacy.actions import ask_erasure
from customers.profile.actions import change_customer
from tests.visits.conftest import ahead
from visits.models import PlannedVisit, ReportAddition, VisitGoal, VisitReport
from visits.plan.actions import call_off, mark_done, plan_visit, reopen_visit
from visits.report import actions, reading, timeline
from visits.report.checkin import Fix
from visits.report.waiting import tasks

pytestmark = pytest.mark.django_db
A_DAY = datetime.timedelta(days=1)
TABLES = (
    PlannedVisit,
    VisitGoal,
    VisitReport,
    ReportAddition,
    Contact,
    Commitment,
    Issue,
    Note,
    Observation,
    AuditEntry,
)


def everything() -> list:
    return [list(model.objects.order_by("pk").values_list()) for model in TABLES]


def refused(code: str, act, field: str | None = None) -> None:
    before = everything()
    with pytest.raises(ValidationError) as refusal:
        act()
    if field is None:
        assert refusal.value.code == code
    else:
        assert {name: [one.code for one in flaws] for name, flaws in refusal.value.error_dict.items()} == {
            field: [code]
        }
    assert everything() == before


@pytest.fixture
def due(visit):
    """Today's visit, with two goals."""
    PlannedVisit.objects.filter(pk=visit.pk).update(day=today())
    visit.refresh_from_db()
    return visit


def full(visit, by, **more) -> VisitReport:
    first, second = visit.goals.all()
    values = {
        "minutes": 50,
        "fix": Fix(32.05, 118.78, "wgs84", 12, 3),
        "listened": "补货慢",
        "found": "灯坏了",
        "solved": "换了灯",
        "met": {first.pk: True, second.pk: False},
        "why": {second.pk: "店长不在"},
        "mood_before": 2,
        "mood_after": 4,
        "next_step": "带画册",
        "next_on": today() + A_DAY,
        "promises": [{"side": "ours", "text": "补断码", "due_on": today() + A_DAY}],
        "issues": [
            {"title": "补货慢", "category": "supply", "origin": "told"},
            {"title": "门头旧", "category": "other", "origin": "found", "severity": 3, "due_on": today() + A_DAY},
        ],
        "cooperation": 75,
        "shared": "灯已换好",
        "private": "SECRET",
    }
    return actions.file_report(visit=visit, by=by, **(values | more))


def test_filed_with_all_that_follows(due, shops, cast):
    change_customer(customer=shops[0], latitude=Decimal("32.04"), longitude=Decimal("118.78"), by=cast.tao)
    one = full(due, cast.tao)
    one = VisitReport.objects.get(pk=one.pk)
    assert (one.visit, one.by, one.minutes, one.found, one.solved, one.shared) == (
        due,
        cast.tao,
        50,
        "灯坏了",
        "换了灯",
        "灯已换好",
    )
    assert (one.distance_m, one.accuracy_m, one.age_s, str(one.place)) == (1112, 12, 3, "away")
    due.refresh_from_db()
    assert (due.state, due.is_reported) == ("done", True)
    assert list(due.goals.values_list("text", "met", "why")) == [("看库存", True, ""), ("谈陈列", False, "店长不在")]
    talk = Contact.objects.get()
    assert (talk.channel, talk.text, talk.mood_before, talk.mood_after) == ("visit", "补货慢", 2, 4)
    assert (talk.next_step, talk.link, talk.by) == ("带画册", f"/visits/{due.pk}/report/", cast.tao)
    assert Commitment.objects.get().link == talk.link
    assert list(one.issues.order_by("pk").values_list("title", "origin", "severity", "owner__username")) == [
        ("补货慢", "told", 2, "tao"),
        ("门头旧", "found", 3, "tao"),
    ]
    seen = Observation.objects.get()
    assert (seen.trait, seen.score, seen.kind, seen.source, seen.ref, seen.seen_on) == (
        "cooperation",
        75,
        "opinion",
        "visit",
        str(due.pk),
        today(),
    )
    assert (one.note.text, one.note.is_private, one.note.written_by) == ("SECRET", True, cast.tao)
    assert AuditEntry.objects.get(action="report.file").changes["found"] == [None, "灯坏了"]
    assert not [entry for entry in AuditEntry.objects.all() if "SECRET" in str(entry.changes)]


def test_clocks_moods_and_the_timeline_see_it_once(due, shops, cast):
    one = full(due, cast.tao)
    assert talks.last_contact_of_many([shops[0].pk]) == {shops[0].pk: one.contact.happened_at}
    assert [(felt.before, felt.after) for felt in talks.moods_of(shops[0], now() - A_DAY)] == [(2, 4)]
    from customers.contacts import timeline as said

    entries = timeline.entries(cast.mei, shops[0], today(), today())
    assert [(one.url, one.kind, one.tone) for one in entries] == [(f"/visits/{due.pk}/report/", "visit", "ok")]
    assert said.entries(cast.mei, shops[0], today(), today()) == []


def test_nothing_said_of_cooperation_writes_no_observation_and_checking_in_may_be_left_out(due, cast):
    one = actions.file_report(visit=due, by=cast.tao)
    assert not Observation.objects.exists() and not Note.objects.exists() and not Issue.objects.exists()
    assert (one.checked_in_at, one.distance_m, str(one.place), one.minutes) == (None, None, "unknown", 45)


def test_sent_twice_it_is_there_once(due, cast):
    key = uuid.uuid4()
    first = full(due, cast.tao, client_key=key)
    before = everything()
    assert full(due, cast.tao, client_key=key, listened="anders") == first
    assert everything() == before
    refused("reported", lambda: full(due, cast.tao, client_key=uuid.uuid4()))
    refused("reported", lambda: full(due, cast.mei, client_key=key))


@pytest.mark.parametrize(
    "change,field,code",
    [
        ({"minutes": 4}, "minutes", "minutes"),
        ({"listened": "x" * 1001}, "listened", "long"),
        ({"found": "x" * 2001}, "found", "long"),
        ({"shared": "x" * 1001}, "shared", "long"),
        ({"mood_before": 6}, "mood_before", "choice"),
        ({"met": {999_999: True}}, "goals", "goal"),
        ({"why": {0: "x" * 201}}, "goals", "long"),
        ({"cooperation": 60}, "cooperation", "choice"),
        ({"fix": Fix(91, 0)}, "latitude", "point"),
        ({"fix": Fix(1, 1, "mars")}, "latitude", "point"),
        ({"starts_at": datetime.time(23, 59)}, "starts_at", "future"),
        ({"issues": [{"title": "", "category": "supply"}]}, "issues", None),
        ({"issues": [{"title": "x", "category": "supply"}] * 6}, "issues", "many"),
        ({"promises": [{"side": "ours", "text": "x", "due_on": datetime.date(2030, 1, 1)}]}, "promises", None),
        ({"private": "x" * 5000}, "private", None),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(due, cast, change, field, code):
    if "why" in change:
        change = {"why": {due.goals.all()[0].pk: "x" * 201}}
    refused(code, lambda: full(due, cast.tao, **change), field)


def test_only_what_was_made(visit, due, shops, cast):
    tomorrow = plan_visit(customer=shops[1], visitor=cast.tao, day=ahead(1), by=cast.tao)
    refused("early", lambda: actions.file_report(visit=tomorrow, by=cast.tao))
    call_off(visit=tomorrow, reason="盘点", by=cast.tao)
    refused("over", lambda: actions.file_report(visit=tomorrow, by=cast.tao))
    mark_done(visit=due, by=cast.tao, outcome="好")
    actions.file_report(visit=due, by=cast.tao, listened="后来写的")
    due.refresh_from_db()
    assert (due.state, due.outcome, due.is_reported) == ("done", "好", True)
    refused("reported", lambda: reopen_visit(visit=due, by=cast.tao))


def test_one_that_nobody_planned(shops, cast):
    one = actions.file_report(customer=shops[1], by=cast.tao, day=today() - A_DAY, listened="路过", minutes=20)
    visit = PlannedVisit.objects.get()
    assert (visit.customer, visit.visitor, visit.day, visit.state) == (shops[1], cast.tao, today() - A_DAY, "done")
    assert (visit.is_reported, visit.minutes, one.visit) == (True, 20, visit)
    refused("past", lambda: actions.file_report(customer=shops[1], by=cast.tao, day=today() - 15 * A_DAY), "day")
    refused("early", lambda: actions.file_report(customer=shops[1], by=cast.tao, day=today() + A_DAY), "day")
    refused("sight", lambda: actions.file_report(customer=shops[3], by=cast.tao), "visitor")
    refused("role", lambda: actions.file_report(customer=shops[1], by=cast.ada))


def test_one_planned_for_that_day_is_the_one(due, shops, cast):
    assert actions.file_report(customer=shops[0], by=cast.tao).visit == due
    assert PlannedVisit.objects.count() == 1


def test_changed_within_a_day_with_versions_then_added_to(due, cast):
    one = full(due, cast.tao)
    seen = one.version
    changed = actions.change_report(
        report=one, by=cast.tao, version=seen, listened="其实很快", found="没有", private="SECRET 2", mood_after=5
    )
    assert (changed.contact.text, changed.found, changed.note.text, changed.contact.mood) == (
        "其实很快",
        "没有",
        "SECRET 2",
        5,
    )
    refused("conflict", lambda: actions.change_report(report=one, by=cast.tao, version=seen, found="x"))
    refused("late", lambda: actions.change_report(report=one, by=cast.mei, found="x"))
    refused("linked", lambda: contacts.change_contact(contact=one.contact, by=cast.tao, text="x"))
    refused("linked", lambda: contacts.remove_contact(contact=one.contact, by=cast.tao))
    actions.change_report(report=one, by=cast.tao, private="")
    assert VisitReport.objects.get().note is None and Note.objects.get().removed_at is not None
    VisitReport.objects.update(filed_at=now() - A_DAY)
    refused("late", lambda: actions.change_report(report=one, by=cast.tao, found="x"))
    refused("required", lambda: actions.add_to(report=one, text=" \n", by=cast.tao), "text")
    actions.add_to(report=one, text="更正：是两箱", by=cast.tao)
    assert [(add.text, add.by) for add in one.additions.all()] == [("更正：是两箱", cast.tao)]


def test_today_tells_what_is_to_report_in_one_line(due, shops, cast):
    border = last_working_day(today())
    other = plan_visit(customer=shops[1], visitor=cast.tao, day=ahead(1), by=cast.tao)
    PlannedVisit.objects.filter(pk=other.pk).update(day=border)
    older = plan_visit(customer=shops[2], visitor=cast.tao, day=ahead(1), by=cast.tao)
    PlannedVisit.objects.filter(pk=older.pk).update(day=border - A_DAY)
    with CaptureQueriesContext(connection) as asked:
        found = tasks(cast.tao, today())
    assert len(asked) <= 2  # one, and the reach once
    assert [(one.key, one.action.url) for one in found] == [
        (f"visit:{older.pk}:{border - A_DAY}", f"/visits/{older.pk}/move/"),
        (f"report:{other.pk}:{border}", f"/visits/{other.pk}/report/new/"),
        (f"report:{due.pk}:{today()}", f"/visits/{due.pk}/report/new/"),
    ]
    actions.file_report(visit=due, by=cast.tao)
    late = f"visit:{older.pk}:{border - A_DAY}"
    assert [one.key for one in tasks(cast.tao, today())] == [late, f"report:{other.pk}:{border}"]
    assert tasks(cast.mei, today()) == [] and tasks(cast.ana, today()) == []


def test_one_whose_time_is_to_come_is_not_to_report(due, cast):
    PlannedVisit.objects.filter(pk=due.pk).update(starts_at=datetime.time(23, 59, 59))
    assert tasks(cast.tao, today()) == []
    PlannedVisit.objects.filter(pk=due.pk).update(starts_at=datetime.time(0))
    assert [one.key for one in tasks(cast.tao, today())] == [f"report:{due.pk}:{today()}"]


def test_after_days_off_the_last_working_day_is_still_to_report(due, cast):
    monday, friday = datetime.date(2026, 11, 30), datetime.date(2026, 11, 27)
    PlannedVisit.objects.filter(pk=due.pk).update(day=friday)
    assert [one.key for one in tasks(cast.tao, monday)] == [f"report:{due.pk}:{friday}"]


def test_a_report_goes_over_in_a_merge_and_comes_back(due, shops, cast, policy):
    one = full(due, cast.tao)
    before = everything()[:-1]
    merge = doubles.merge(survivor=shops[1], loser=shops[0], by=cast.mei)
    one = reading.whole(reading.rows_for(cast.tao), cast.tao).get()
    assert {one.visit.customer_id, one.contact.customer_id, one.note.customer_id} == {shops[1].pk}
    assert {issue.customer_id for issue in one.issues.all()} == {shops[1].pk}
    assert reading.private_part(one, cast.tao) == "SECRET" and reading.private_part(one, cast.mei) == ""
    doubles.undo(merge=merge, by=cast.mei)
    assert everything()[:-1] == before


def test_one_key_is_of_one_report(due, shops, cast):
    key = uuid.uuid4()
    full(due, cast.tao, client_key=key)
    other = plan_visit(customer=shops[1], visitor=cast.tao, day=today(), by=cast.tao)
    before = everything()
    refused("used", lambda: actions.file_report(visit=other, by=cast.tao, client_key=key, listened="x"), "client_key")
    refused("used", lambda: actions.file_report(customer=shops[1], by=cast.tao, client_key=key), "client_key")
    assert everything() == before


@pytest.mark.parametrize("days", [1, -9999])
def test_a_phone_with_the_wrong_time_stops_no_report(due, cast, days):
    at = now() + days * A_DAY if days > 0 else datetime.datetime(1, 1, 1, tzinfo=datetime.UTC)
    one = full(due, cast.tao, checked_in_at=at)
    assert abs((one.checked_in_at - now()).total_seconds()) < 60


def test_an_erasure_takes_the_words_and_the_place(due, shops, cast, policy):
    full(due, cast.tao)
    ask_erasure(row=shops[0], typed=shops[0].code, by=cast.ada, reason="来函")
    assert runner.drain() >= 1
    one = VisitReport.objects.get()
    assert (one.found, one.solved, one.shared) == ("", "", "")
    assert (one.latitude, one.longitude, one.checked_in_at, one.distance_m) == (None, None, None, None)
