"""Planning, changing, calling off and making a visit; every refusal leaves everything as it was."""

from __future__ import annotations

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from crm.clock import now, today
from crm.models import AuditEntry
from customers.profile.actions import assign, change_customer, close_customer
from tests.visits.conftest import ahead
from visits.models import PlannedVisit, VisitGoal
from visits.plan import actions
from visits.plan.visiting import in_charge_on, visitors_open_to

pytestmark = pytest.mark.django_db
A_DAY = datetime.timedelta(days=1)


def everything() -> tuple:
    return (
        list(PlannedVisit.objects.order_by("pk").values_list()),
        list(VisitGoal.objects.order_by("pk").values_list()),
        AuditEntry.objects.count(),
    )


def refused(field: str | None, code: str, act) -> None:
    before = everything()
    with pytest.raises(ValidationError) as refusal:
        act()
    if field is None:
        assert refusal.value.code == code
    else:
        assert {name: [one.code for one in errors] for name, errors in refusal.value.error_dict.items()} == {
            field: [code]
        }
    assert everything() == before


def goals(visit) -> list[tuple]:
    return list(visit.goals.order_by("position").values_list("text", "met"))


def test_a_visit_is_planned_with_goals_and_told_in_the_log(visit, shops, cast):
    assert (visit.customer, visit.visitor, visit.day) == (shops[0], cast.tao, ahead(1))
    assert (visit.state, visit.minutes, visit.purpose, visit.planned_by) == ("planned", 45, "routine", cast.tao)
    assert goals(visit) == [("看库存", None), ("谈陈列", None)]
    entry = AuditEntry.objects.get(action="visit.plan")
    assert (entry.model, entry.object_id) == ("customers.customer", str(shops[0].pk))
    assert entry.changes == {
        "visitor": [None, "Tao"],
        "day": [None, str(ahead(1))],
        "minutes": [None, 45],
        "purpose": [None, "routine"],
        "note": [None, "先打电话"],
        "is_agreed": [None, False],
        "goals": [None, "看库存 · 谈陈列"],
    }


@pytest.mark.parametrize(
    "change,field,code",
    [
        ({"day": -1}, "day", "past"),
        ({"day": 401}, "day", "far"),
        ({"minutes": 4}, "minutes", "minutes"),
        ({"minutes": 601}, "minutes", "minutes"),
        ({"purpose": "holiday"}, "purpose", "purpose"),
        ({"note": "x" * 501}, "note", "long"),
        ({"visitor": "lin"}, "visitor", "reach"),
        ({"visitor": "ana"}, "visitor", "role"),
        ({"visitor": "ada"}, "visitor", "role"),
        ({"goals": ["x" * 201]}, "goals", "long"),
        ({"goals": [str(n) for n in range(11)]}, "goals", "many"),
    ],
)
def test_what_cannot_be_is_refused_under_its_field(shops, cast, change, field, code):
    values = {"customer": shops[0], "visitor": cast.tao, "day": ahead(2), "by": cast.mei, **change}
    if isinstance(values["day"], int):
        values["day"] = today() + values["day"] * A_DAY
    if isinstance(values["visitor"], str):
        values["visitor"] = getattr(cast, values["visitor"])
    refused(field, code, lambda: actions.plan_visit(**values))


def test_today_and_four_hundred_days_ahead_can_be(shops, cast):
    for n in (0, 400):
        day = today() + n * A_DAY
        assert actions.plan_visit(customer=shops[0], visitor=cast.tao, day=day, by=cast.tao).day == day


def test_nobody_goes_to_whom_they_do_not_see(shops, cast):
    refused(
        "visitor",
        "sight",
        lambda: actions.plan_visit(customer=shops[3], visitor=cast.tao, day=ahead(1), by=cast.ada),
    )


def test_whoever_is_in_charge_on_the_day_goes_though_they_do_not_see_it_yet(shops, cast):
    day = ahead(5)
    assign(customers=[shops[3]], user=cast.tao, since=day)
    assert in_charge_on(shops[3], day) == cast.tao
    assert in_charge_on(shops[3], day - A_DAY) == cast.lin
    made = actions.plan_visit(customer=shops[3], visitor=cast.tao, day=day, by=cast.ada)
    assert made.visitor == cast.tao
    refused(
        "visitor",
        "sight",
        lambda: actions.plan_visit(customer=shops[3], visitor=cast.tao, day=ahead(2), by=cast.ada),
    )


def test_who_has_left_goes_nowhere(shops, cast):
    cast.tao.is_active = False
    cast.tao.save()
    refused(
        "visitor", "role", lambda: actions.plan_visit(customer=shops[0], visitor=cast.tao, day=ahead(1), by=cast.mei)
    )
    assert in_charge_on(shops[0], today()) is None


def test_managers_and_heads_may_be_sent(cast, shops):
    assert [one.username for one in visitors_open_to(cast.mei)] == ["tao", "mei"]
    assert [one.username for one in visitors_open_to(cast.ada)] == ["lin", "tao", "mei"]


def test_a_closed_customer_is_visited_until_it_closes(shops, cast):
    close_customer(customer=shops[0], closed_on=ahead(3))
    actions.plan_visit(customer=shops[0], visitor=cast.tao, day=ahead(2), by=cast.tao)
    refused("day", "closed", lambda: actions.plan_visit(customer=shops[0], visitor=cast.tao, day=ahead(3), by=cast.tao))


def test_one_person_plans_one_visit_to_a_customer_on_a_day(visit, shops, cast):
    refused("day", "twice", lambda: actions.plan_visit(customer=shops[0], visitor=cast.tao, day=visit.day, by=cast.tao))
    with pytest.raises(IntegrityError), transaction.atomic():
        PlannedVisit.objects.create(customer=shops[0], visitor=cast.tao, day=visit.day)
    actions.plan_visit(customer=shops[0], visitor=cast.mei, day=visit.day, by=cast.mei)
    actions.call_off(visit=visit, reason="盘点", by=cast.tao)
    again = actions.plan_visit(customer=shops[0], visitor=cast.tao, day=visit.day, by=cast.tao)
    refused("day", "twice", lambda: actions.reopen_visit(visit=visit, by=cast.tao))
    other = actions.plan_visit(customer=shops[0], visitor=cast.tao, day=ahead(4), by=cast.tao)
    refused("day", "twice", lambda: actions.change_visit(visit=other, by=cast.tao, day=again.day))


@pytest.mark.parametrize(
    "values",
    [
        {"state": "lost"},
        {"state": "done"},
        {"state": "planned", "ended_at": "now"},
        {"state": "cancelled", "ended_at": "now"},
        {"minutes": 0},
        {"minutes": 601},
        {"purpose": "holiday"},
    ],
)
def test_the_database_holds_it_too(shops, cast, values):
    if "ended_at" in values:
        values = {**values, "ended_at": now()}
    with pytest.raises(IntegrityError), transaction.atomic():
        PlannedVisit.objects.create(customer=shops[0], visitor=cast.tao, day=ahead(1), **values)


@pytest.mark.parametrize("values", [{"text": ""}, {"text": "x", "link": "https://elsewhere"}])
def test_the_database_holds_it_of_goals_too(visit, values):
    with pytest.raises(IntegrityError), transaction.atomic():
        VisitGoal.objects.create(visit=visit, position=9, **values)


def test_what_is_changed_is_told_and_goals_that_stay_keep_what_was_said(visit, cast):
    VisitGoal.objects.filter(text="谈陈列").update(met=True)
    changed = actions.change_visit(
        visit=visit,
        by=cast.mei,
        version=1,
        day=ahead(3),
        starts_at=datetime.time(9, 30),
        is_agreed=True,
        goals=[" 谈陈列", "收回样品", "收回样品", ""],
    )
    changed.refresh_from_db()
    assert (changed.version, changed.day, changed.starts_at, changed.is_agreed) == (
        2,
        ahead(3),
        datetime.time(9, 30),
        True,
    )
    assert goals(changed) == [("谈陈列", True), ("收回样品", None)]
    assert AuditEntry.objects.get(action="visit.change").changes == {
        "day": [str(ahead(1)), str(ahead(3))],
        "starts_at": [None, "09:30:00"],
        "is_agreed": [False, True],
        "goals": ["看库存 · 谈陈列", "谈陈列 · 收回样品"],
    }


def test_a_change_that_changes_nothing_writes_nothing(visit, cast):
    before = everything()
    actions.change_visit(visit=visit, by=cast.tao, day=visit.day, note="先打电话 ", goals=["看库存", "谈陈列"])
    assert everything() == before


def test_the_second_of_two_is_told(visit, cast):
    actions.change_visit(visit=visit, by=cast.mei, version=1, minutes=60)
    for act in (
        lambda: actions.change_visit(visit=visit, by=cast.tao, version=1, minutes=30),
        lambda: actions.call_off(visit=visit, by=cast.tao, version=1, reason="x"),
        lambda: actions.mark_done(visit=visit, by=cast.tao, version=1),
    ):
        refused(None, "conflict", act)


@pytest.mark.parametrize(
    "change,field,code",
    [
        ({"day": datetime.date(2020, 1, 1)}, "day", "past"),
        ({"minutes": 1}, "minutes", "minutes"),
        ({"purpose": "x"}, "purpose", "purpose"),
        ({"note": "x" * 501}, "note", "long"),
        ({"goals": ["x" * 201]}, "goals", "long"),
    ],
)
def test_a_change_that_cannot_be_is_refused(visit, cast, change, field, code):
    refused(field, code, lambda: actions.change_visit(visit=visit, by=cast.tao, **change))


def test_of_a_late_visit_all_but_the_day_may_change(visit, cast):
    PlannedVisit.objects.filter(pk=visit.pk).update(day=today() - A_DAY)
    visit.refresh_from_db()
    assert actions.change_visit(visit=visit, by=cast.tao, day=visit.day, minutes=60).minutes == 60


def test_called_off_for_a_reason(visit, cast):
    refused("reason", "required", lambda: actions.call_off(visit=visit, reason=" ", by=cast.tao))
    refused("reason", "long", lambda: actions.call_off(visit=visit, reason="x" * 501, by=cast.tao))
    off = actions.call_off(visit=visit, reason="盘点", by=cast.tao)
    off.refresh_from_db()
    assert (off.state, off.outcome, off.version, off.ended_at is None) == ("cancelled", "盘点", 2, False)
    for act in (
        lambda: actions.call_off(visit=visit, reason="x", by=cast.tao),
        lambda: actions.change_visit(visit=visit, by=cast.tao, minutes=50),
        lambda: actions.mark_done(visit=visit, by=cast.tao),
        lambda: actions.add_goal(visit=visit, text="x", by=cast.tao),
    ):
        refused(None, "over", act)


def test_made_with_what_came_of_it_and_back_again(visit, cast):
    first, second = visit.goals.order_by("position")
    refused(None, "early", lambda: actions.mark_done(visit=visit, by=cast.tao))
    PlannedVisit.objects.filter(pk=visit.pk).update(day=today())
    refused("goals", "goal", lambda: actions.mark_done(visit=visit, by=cast.tao, met={second.pk + 99: True}))
    done = actions.mark_done(visit=visit, by=cast.tao, outcome="都谈好了", met={first.pk: True, second.pk: False})
    assert (done.state, done.outcome) == ("done", "都谈好了")
    assert goals(visit) == [("看库存", True), ("谈陈列", False)]
    assert AuditEntry.objects.get(action="visit.done").changes == {
        "visit_of": [None, str(today())],
        "outcome": [None, "都谈好了"],
    }
    again = actions.reopen_visit(visit=visit, by=cast.tao)
    again.refresh_from_db()
    assert (again.state, again.ended_at, again.outcome, again.version) == ("planned", None, "", 3)
    assert goals(visit) == [("看库存", None), ("谈陈列", None)]
    refused(None, "state", lambda: actions.reopen_visit(visit=visit, by=cast.tao))


def test_after_a_day_it_stays_over(visit, cast):
    actions.call_off(visit=visit, reason="盘点", by=cast.tao)
    PlannedVisit.objects.filter(pk=visit.pk).update(ended_at=now() - 2 * A_DAY)
    refused(None, "late", lambda: actions.reopen_visit(visit=visit, by=cast.tao))


def test_floors_above_add_goals(visit, cast):
    made = actions.add_goal(visit=visit, text="检查  促销", link="/promotions/7/", by=None)
    assert (made.position, made.text, made.link) == (3, "检查 促销", "/promotions/7/")
    visit.refresh_from_db()
    assert visit.version == 2
    refused("text", "required", lambda: actions.add_goal(visit=visit, text=" ", by=None))
    refused("link", "link", lambda: actions.add_goal(visit=visit, text="x", link="//else.where/", by=None))
    for n in range(7):
        actions.add_goal(visit=visit, text=f"g{n}", by=None)
    refused("text", "many", lambda: actions.add_goal(visit=visit, text="one more", by=None))


def test_who_sees_a_visit(visit, shops, cast):
    from crm.accounts.models import User

    def sees(user) -> bool:
        fresh = User.objects.get(pk=user.pk)
        rows = PlannedVisit.objects.visible_to(fresh)
        assert list(VisitGoal.objects.visible_to(fresh)) == ([] if not rows else list(visit.goals.all()))
        return rows.filter(pk=visit.pk).exists()

    assert [sees(one) for one in (cast.mei, cast.tao, cast.lin, cast.ana, cast.ada)] == [True, True, False, True, True]
    assert not PlannedVisit.objects.editable_by(cast.ana).exists()
    # One's own stays one's own when the customer goes to somebody else.
    assign(customers=[shops[0]], user=cast.mei, since=today())
    assert sees(cast.tao)
    change_customer(customer=shops[0], region=shops[3].region)
    assert sees(cast.lin)


def test_a_head_without_a_region_still_sees_their_own(visit, cast):
    from crm.accounts.models import Posting, User

    PlannedVisit.objects.filter(pk=visit.pk).update(visitor=cast.mei)
    Posting.objects.filter(user=cast.mei).delete()
    fresh = User.objects.get(pk=cast.mei.pk)
    assert list(PlannedVisit.objects.visible_to(fresh)) == [visit]
    assert not PlannedVisit.objects.visible_to(None).exists()


@pytest.mark.parametrize("link", ["//evil.example", "/\\evil.example", "/\t/evil.example", "https://evil.example"])
def test_a_goal_leads_nowhere_but_into_qiao(visit, cast, link):
    with pytest.raises(ValidationError) as refusal:
        actions.add_goal(visit=visit, text="签合同", by=cast.tao, link=link)
    assert list(refusal.value.error_dict) == ["link"] and visit.goals.count() == 2
