"""What other slices do with visits: a merge and its undo, an erasure, the log's words, the demo company."""

from __future__ import annotations

import datetime

import pytest
from django.utils.translation import override

from crm.clock import now, today
from crm.jobs import runner
from crm.models import AuditEntry
from crm.workdays import is_working_day
from customers.demo.loading import Story
from customers.duplicates import actions as doubles
from customers.models import BulkAction
from customers.privacy.actions import ask_erasure
from tests.visits.conftest import ahead, at
from visits.models import PlannedVisit, VisitGoal
from visits.plan import actions, demo
from visits.plan.bulk import plan_many

pytestmark = pytest.mark.django_db


def rows() -> tuple:
    return list(PlannedVisit.objects.order_by("pk").values()), list(VisitGoal.objects.order_by("pk").values())


def test_visits_go_over_in_a_merge_and_come_back(shops, cast, policy):
    stays, goes = shops[:2]
    kept = actions.plan_visit(customer=stays, visitor=cast.tao, day=ahead(1), by=cast.tao, goals=["看库存"])
    twice = actions.plan_visit(customer=goes, visitor=cast.tao, day=ahead(1), by=cast.tao, goals=["谈陈列", "回款"])
    meis = actions.plan_visit(customer=goes, visitor=cast.mei, day=ahead(1), by=cast.mei)
    over = actions.plan_visit(customer=goes, visitor=cast.tao, day=ahead(2), by=cast.tao)
    actions.call_off(visit=over, reason="盘点", by=cast.tao)
    before = rows()
    with override("en"):
        merge = doubles.merge(survivor=stays, loser=goes, by=cast.mei)
    assert set(PlannedVisit.objects.values_list("customer_id", flat=True)) == {stays.pk}
    states = dict(PlannedVisit.objects.values_list("pk", "state"))
    assert states == {kept.pk: "planned", twice.pk: "cancelled", meis.pk: "planned", over.pk: "cancelled"}
    assert [one.text for one in kept.goals.all()] == ["看库存", "谈陈列", "回款"]
    twice.refresh_from_db()
    assert twice.outcome.startswith("Merged") and abs(now() - twice.ended_at) < datetime.timedelta(minutes=1)
    doubles.undo(merge=merge, by=cast.mei)
    assert rows() == before


def test_an_erasure_takes_the_words_and_leaves_the_days(shops, cast, policy):
    word = "KANARIENVOGEL was kind"
    made = actions.plan_visit(
        customer=shops[0], visitor=cast.tao, day=today(), by=cast.tao, note=word, goals=[f"{word} 1"]
    )
    actions.mark_done(visit=made, by=cast.tao, outcome=f"{word} 2")
    bulk = plan_many(by=cast.mei, visitor=cast.tao, day=ahead(2), goal=f"{word} 3", ids=[shops[0].pk])
    silent = PlannedVisit.objects.get(day=ahead(2))
    ask_erasure(row=shops[0], typed=shops[0].code, by=cast.ada, reason="来函")
    runner.drain()
    made.refresh_from_db()
    silent.refresh_from_db()
    assert (made.note, made.outcome, made.day, made.state) == ("", f"#{made.pk}", today(), "done")
    assert (silent.outcome, silent.note) == ("", "")
    assert [one.text for one in VisitGoal.objects.order_by("pk")] == [
        f"#{one.pk}" for one in VisitGoal.objects.order_by("pk")
    ]
    assert word not in str(BulkAction.objects.get(pk=bulk.pk).params)
    assert not [one for one in AuditEntry.objects.values_list("changes", "object_name") if "KANARIEN" in str(one)]


def test_the_log_speaks_words(visit, shops, cast):
    actions.call_off(visit=visit, reason="盘点", by=cast.tao)
    for path in ("/audit/", f"/customers/{shops[0].pk}/"):
        text = at(cast.ada).get(path).content.decode()
        words = ("Visit planned", "Visit called off", "visit of", "routine", "盘点", "看库存 · 谈陈列")
        assert [word for word in words if word not in text] == []


def test_the_demo_plans_the_same_for_the_same_seed():
    end = datetime.date(2026, 3, 2)
    story = Story.make(count=60, years=1, seed=6, end=end)
    login_of = {client.city.province: "mei" if n % 2 else "tao" for n, client in enumerate(story.clients)}
    told, again = (list(demo.plan(story.clients, login_of, story)) for _n in range(2))
    assert told == again and len(told) > 40
    assert all(is_working_day(one.day) for one in told)
    assert min(one.day for one in told) >= end - demo.PAST and max(one.day for one in told) <= end + demo.AHEAD
    assert all(one.day < end for one in told if one.late)
    by_day: dict = {}
    for one in told:
        by_day[one.login, one.day] = by_day.get((one.login, one.day), 0) + 1
    assert max(by_day.values()) == demo.A_DAY
