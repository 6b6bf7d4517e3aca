"""A visit to each of many: the exact days, who is left out and why, and taken back exactly."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.clock import today
from crm.jobs import runner
from crm.models import AuditEntry
from customers.care import bulk as journal
from customers.care.models import BulkAction, BulkStep
from customers.models import Customer
from customers.profile.actions import assign, close_customer, create_customer
from tests.visits.conftest import SINCE, ahead, at
from visits.models import PlannedVisit, VisitGoal
from visits.plan import actions
from visits.plan.bulk import plan_many

pytestmark = pytest.mark.django_db


def planned() -> dict[str, tuple[str, datetime.date]]:
    """Who goes when, by the customer's code."""
    rows = PlannedVisit.objects.values_list("customer__code", "visitor__username", "day")
    return {code: (who, day) for code, who, day in rows}


def told() -> dict[str, tuple[str, str]]:
    return {
        code: (result, why) for code, result, why in BulkStep.objects.values_list("customer__code", "result", "reason")
    }


def ids(shops) -> list[int]:
    return [one.pk for one in shops]


@pytest.fixture
def towns(regions, cast):
    """Six shops of Tao's: three in Hangzhou, three in Wenzhou, made in turn."""
    made = []
    for n in range(6):
        lat, lon, city = (("30.27", "120.15", "杭州"), ("28.00", "120.67", "温州"))[n % 2]
        made.append(
            create_customer(
                code=f"T{n}",
                name=f"城店{n}",
                kind="franchisee",
                region=regions.jiangsu,
                city=city,
                latitude=Decimal(f"{lat}{n}"),
                longitude=Decimal(lon),
            )
        )
    assign(customers=made, user=cast.tao, since=SINCE)
    return made


def test_neighbours_share_a_day(towns, cast):
    action = plan_many(
        by=cast.mei,
        visitor=cast.tao,
        first=ahead(1),
        last=ahead(2),
        most=3,
        goal=" 看陈列 ",
        purpose="growth",
        minutes=60,
        ids=ids(towns),
    )
    assert (action.state, action.total, action.changed) == ("done", 6, 6)
    days = planned()
    hangzhou, wenzhou = {days[f"T{n}"] for n in (0, 2, 4)}, {days[f"T{n}"] for n in (1, 3, 5)}
    assert sorted([*hangzhou, *wenzhou]) == [("tao", ahead(1)), ("tao", ahead(2))]
    made = PlannedVisit.objects.first()
    assert (made.purpose, made.minutes, made.planned_by, made.version) == ("growth", 60, cast.mei, 1)
    assert set(VisitGoal.objects.values_list("text", flat=True)) == {"看陈列"} and VisitGoal.objects.count() == 6
    entry = AuditEntry.objects.filter(action="visit.plan", object_id=str(made.customer_id)).get()
    assert entry.changes == {
        "visitor": [None, "Tao"],
        "day": [None, str(made.day)],
        "minutes": [None, 60],
        "purpose": [None, "growth"],
        "goals": [None, "看陈列"],
    }


def test_planned_visits_count_and_what_finds_no_room_is_refused(towns, shops, cast):
    for n in (0, 1):
        actions.plan_visit(customer=shops[n], visitor=cast.tao, day=ahead(1), by=cast.tao)
    action = plan_many(by=cast.mei, visitor=None, first=ahead(1), last=ahead(2), most=3, ids=ids(towns))
    assert (action.changed, action.refused) == (4, 2)
    days = [day for code, (_who, day) in planned().items() if code.startswith("T")]
    assert (days.count(ahead(1)), days.count(ahead(2))) == (1, 3)
    assert sorted(told().values()) == [("changed", "")] * 4 + [("refused", "full")] * 2


def test_on_one_day_by_whoever_is_in_charge_then(shops, cast, regions):
    nobody = create_customer(code="N1", name="无人店", kind="franchisee", region=regions.jiangsu)
    day = ahead(4)
    assign(customers=[shops[1]], user=cast.mei, since=day)
    close_customer(customer=shops[2], closed_on=day)
    action = plan_many(by=cast.ada, visitor=None, day=day, ids=ids([*shops, nobody]))
    assert planned() == {"E0": ("tao", day), "E1": ("mei", day), "W1": ("lin", day)}
    assert told() == {
        "E0": ("changed", ""),
        "E1": ("changed", ""),
        "W1": ("changed", ""),
        "E2": ("refused", "closed"),
        "N1": ("refused", "nobody"),
    }
    assert (action.changed, action.unchanged, action.refused) == (3, 0, 2)
    page = at(cast.ada).get(f"/customers/bulk/{action.pk}/").content.decode()
    assert "This customer is closed then." in page and "Nobody is in charge of it then." in page


def test_one_that_changes_hands_meanwhile_goes_to_whoever_has_it_on_the_day(shops, cast):
    """Tao's first days are full, so the visit falls to Mei, who has the customer from the third on."""
    for n in (1, 2):
        actions.plan_visit(customer=shops[1], visitor=cast.tao, day=ahead(n), by=cast.tao)
    assign(customers=[shops[0]], user=cast.mei, since=ahead(3))
    plan_many(by=cast.mei, visitor=None, first=ahead(1), last=ahead(4), most=1, ids=[shops[0].pk])
    assert planned()["E0"] == ("mei", ahead(3))


def test_who_has_one_in_that_time_keeps_it(shops, cast):
    kept = actions.plan_visit(customer=shops[0], visitor=cast.mei, day=ahead(2), by=cast.mei)
    action = plan_many(by=cast.mei, visitor=cast.tao, first=ahead(1), last=ahead(3), most=5, ids=ids(shops[:2]))
    assert (action.changed, action.unchanged) == (1, 1)
    assert told()["E0"] == ("unchanged", "planned")
    assert PlannedVisit.objects.get(customer=shops[0]) == kept
    again = plan_many(by=cast.mei, visitor=cast.tao, first=ahead(1), last=ahead(3), most=5, ids=ids(shops[:2]))
    assert (again.changed, again.unchanged, PlannedVisit.objects.count()) == (0, 2, 2)


def test_nobody_is_sent_to_whom_they_do_not_see(shops, cast):
    plan_many(by=cast.ada, visitor=cast.tao, day=ahead(1), ids=ids(shops))
    assert told()["W1"] == ("refused", "sight") and set(planned()) == {"E0", "E1", "E2"}


def test_who_has_left_is_sent_nowhere(shops, cast, monkeypatch):
    monkeypatch.setattr(journal, "AT_ONCE", 0)
    sent = plan_many(by=cast.mei, visitor=cast.tao, day=ahead(1), ids=ids(shops))
    charged = plan_many(by=cast.mei, visitor=None, day=ahead(1), ids=ids(shops))
    cast.tao.is_active = False
    cast.tao.save()
    runner.run_here(sent.job)
    runner.run_here(charged.job)
    assert set(BulkStep.objects.values_list("result", "reason")) == {("refused", "person")}
    assert not PlannedVisit.objects.exists()


def test_days_that_are_over_when_the_job_comes_are_not_planned(shops, cast, monkeypatch):
    monkeypatch.setattr(journal, "AT_ONCE", 0)
    action = plan_many(by=cast.mei, visitor=cast.tao, day=ahead(1), ids=ids(shops))
    past = str(today() - datetime.timedelta(days=1))
    BulkAction.objects.update(params={**action.params, "first": past, "last": past})
    runner.run_here(action.job)
    assert set(BulkStep.objects.values_list("result", "reason")) == {("refused", "past")}
    assert not PlannedVisit.objects.exists()


def test_taken_back_exactly(shops, cast):
    mine = actions.plan_visit(customer=shops[0], visitor=cast.mei, day=ahead(9), by=cast.mei, goals=["x"])
    before = list(PlannedVisit.objects.values_list()), list(VisitGoal.objects.values_list())
    action = plan_many(by=cast.mei, visitor=None, day=ahead(1), goal="看库存", ids=ids(shops[:3]))
    assert PlannedVisit.objects.count() == 4
    undone = journal.ask_undo(action=action, by=cast.mei)
    assert (undone.state, undone.undone, undone.left) == ("undone", 3, 0)
    assert (list(PlannedVisit.objects.values_list()), list(VisitGoal.objects.values_list())) == before
    assert PlannedVisit.objects.get() == mine
    assert AuditEntry.objects.filter(action="visit.plan_undo").count() == 3


def test_what_was_changed_since_is_left_and_named(shops, cast):
    action = plan_many(by=cast.mei, visitor=None, day=today(), ids=ids(shops[:3]))
    visits = {one.customer.code: one for one in PlannedVisit.objects.select_related("customer")}
    actions.mark_done(visit=visits["E0"], by=cast.tao)
    actions.add_goal(visit=visits["E1"], text="谈陈列", by=cast.tao)
    undone = journal.ask_undo(action=action, by=cast.mei)
    assert (undone.undone, undone.left) == (1, 2)
    assert {code: why for code, why in told().items() if why[0] == "left"} == {
        "E0": ("left", "changed"),
        "E1": ("left", "changed"),
    }
    assert set(planned()) == {"E0", "E1"} and VisitGoal.objects.count() == 1
    assert "The visit was changed since." in at(cast.mei).get(f"/customers/bulk/{action.pk}/").content.decode()


def test_many_by_a_job_that_dies_and_goes_on(regions, cast, monkeypatch):
    """More than are done at once, in pages; later pages see what earlier ones filled."""
    made = [
        Customer(code=f"S{n}", name=f"店{n}", kind="franchisee", region=regions.jiangsu, city=f"市{n % 7}")
        for n in range(201)
    ]
    Customer.objects.bulk_create(made)
    assign(customers=list(Customer.objects.all()), user=cast.tao, since=SINCE)
    monkeypatch.setattr(journal, "PAGE", 60)
    action = plan_many(by=cast.mei, visitor=None, first=ahead(1), last=ahead(50), most=4, query="")
    assert (action.state, action.total, PlannedVisit.objects.count()) == ("working", 201, 0)
    assert journal.do_page(action) is True  # one page, then the worker dies
    assert PlannedVisit.objects.count() == 60
    job = runner.run_here(action.job)
    assert (job.state, job.result) == ("done", {"action": action.pk, "changed": 200, "unchanged": 0, "refused": 1})
    days = [day for _who, day in planned().values()]
    assert {days.count(ahead(n)) for n in range(1, 51)} == {4}
    undo = journal.ask_undo(action=BulkAction.objects.get(), by=cast.mei).job
    # 200 at once: no job, and nothing is left.
    assert undo == action.job and not PlannedVisit.objects.exists()
    assert BulkStep.objects.filter(result="undone").count() == 200


@pytest.mark.parametrize(
    "change,field",
    [
        ({"day": datetime.date(2020, 1, 1)}, "day"),
        ({"day": ahead(300)}, "day"),
        ({"day": None}, "first"),
        ({"day": None, "first": ahead(2), "last": ahead(1), "most": 1}, "last"),
        ({"day": None, "first": ahead(1), "last": ahead(2), "most": 51}, "most"),
        ({"day": None, "first": datetime.date(2020, 1, 1), "last": ahead(2), "most": 2}, "first"),
        ({"day": None, "first": datetime.date(2027, 5, 1), "last": datetime.date(2027, 5, 2), "most": 2}, "last"),
        ({"minutes": 3}, "minutes"),
        ({"purpose": "x"}, "purpose"),
        ({"goal": "x" * 201}, "goal"),
        ({"visitor": "lin"}, "visitor"),
        ({"visitor": "ana"}, "visitor"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_written(shops, cast, change, field):
    if "visitor" in change:
        change = {"visitor": getattr(cast, change["visitor"])}
    values = {"by": cast.mei, "visitor": cast.tao, "day": ahead(1), "ids": ids(shops), **change}
    with pytest.raises(ValidationError) as refusal:
        plan_many(**values)
    assert field in refusal.value.error_dict
    assert not BulkAction.objects.exists() and not PlannedVisit.objects.exists()


def test_as_few_statements_for_many_as_for_few(regions, cast):
    counts = []
    for size in (5, 40):
        made = [
            create_customer(code=f"S{size}-{n}", name="店", kind="franchisee", region=regions.jiangsu)
            for n in range(size)
        ]
        assign(customers=made, user=cast.tao, since=SINCE)
        with CaptureQueriesContext(connection) as asked:
            action = plan_many(
                by=cast.ada, visitor=None, first=ahead(1), last=ahead(9), most=9, goal="x", ids=ids(made)
            )
        assert action.changed == size
        with CaptureQueriesContext(connection) as taken:
            journal.ask_undo(action=action, by=cast.ada)
        counts.append((len(asked), len(taken)))
    assert counts[0] == counts[1]


def test_by_the_page(shops, cast):
    client = at(cast.mei)
    chosen = {"id": ids(shops[:2])}
    asked = client.post("/visits/plan/many/", chosen)
    assert asked.status_code == 200 and "店0" in asked.content.decode()
    assert not BulkAction.objects.exists()
    form = {"how": "spread", "purpose": "routine", "minutes": "45", "goal": "", "visitor": ""}
    short = client.post("/visits/plan/many/", {**chosen, **form, "first": str(ahead(1))})
    assert short.status_code == 422 and not BulkAction.objects.exists()
    past = client.post("/visits/plan/many/", {**chosen, **form, "how": "day", "first": "2020-01-01"})
    assert past.status_code == 422 and "This day has passed." in past.content.decode()
    span = {"first": str(ahead(1)), "last": str(ahead(2)), "most": "1"}
    done = client.post("/visits/plan/many/", {**chosen, **form, **span}, follow=True).content.decode()
    assert "2 visits are planned." in done and "/undo/" in done
    assert sorted(planned().values()) == [("tao", ahead(1)), ("tao", ahead(2))]
    assert at(cast.ana).post("/visits/plan/many/", {**chosen, **form, **span}).status_code == 403
    lost = at(cast.lin).post("/visits/plan/many/", {**chosen, **form, **span}, follow=True).content.decode()
    assert "Choose at least one customer." in lost
    assert PlannedVisit.objects.count() == 2
    assert 'formaction="/visits/plan/many/"' in client.get("/customers/").content.decode()


def test_over_the_api(shops, cast):
    client, sent = at(cast.mei), {"content_type": "application/json"}
    url = "/api/v1/bulk/visits/"
    both = client.post(url, {"query": "", "visitor": None, "day": str(ahead(1)), "most": 3}, **sent)
    assert (both.status_code, list(both.json())) == (400, ["day"])
    made = client.post(url, {"query": "", "visitor": None, "day": str(ahead(1)), "goal": "看库存"}, **sent)
    assert (made.status_code, made.json()["changed"], made.json()["kind"]) == (201, 3, "visit")
    assert client.post(f"/api/v1/bulk/{made.json()['id']}/undo/").json()["undone"] == 3
    assert not PlannedVisit.objects.exists()
    assert at(cast.ana).post(url, {"query": "", "visitor": None, "day": str(ahead(1))}, **sent).status_code == 403
    assert not PlannedVisit.objects.exists()
