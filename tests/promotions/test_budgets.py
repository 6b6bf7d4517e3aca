"""Budgets: what is reserved, committed and spent of them; nothing over them without a head's word."""

from __future__ import annotations

from decimal import Decimal as D

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crm.audit.models import AuditEntry
from crm.clock import today
from crm.jobs import runner
from crm.jobs.models import Job
from crm.notifications.models import Notification
from customers.profile.actions import create_customer
from customers.sales.models import MonthlySales
from customers.support.entitling import next_quarter, quarter_of
from promotions.budgets import approving, holding, reading, setting
from promotions.budgets.holding import OverBudget
from promotions.budgets.models import BudgetApproval, BudgetUse, PromotionBudget
from promotions.budgets.waiting import tasks
from promotions.calculator.actions import drop_plan, put_own_costs, sign
from promotions.calculator.costing import brand_cost
from promotions.rollout import actions
from promotions.rollout.budget_views import asking_of
from promotions.rollout.models import Participation
from tests.promotions.conftest import DAY, at, terms
from tests.promotions.test_rollout import prepared, shops  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db


def codes(flaw) -> set[tuple[str, str]]:
    return {(name, one.code) for name, errors in flaw.value.error_dict.items() for one in errors}


def budget(region, amount, by=None, day=None, **more):
    return setting.set_budget(region=region, quarter=quarter_of(day or today()), amount=D(amount), by=by, **more)


def stand(held) -> tuple[D, D, D, D]:
    found = reading.stands([PromotionBudget.objects.select_related("region").get(pk=held.pk)])[0].balance
    return found.reserved, found.committed, found.spent, found.left


def yuan(*amounts) -> tuple[D, ...]:
    return tuple(D(one).quantize(D("0.01")) for one in amounts)


# --- setting ------------------------------------------------------------------------------------------------------


def test_a_head_sets_budgets_of_regions_in_reach_only(regions, cast):
    made = budget(regions.jiangsu, 10_000, cast.mei)
    assert (made.amount, made.basis, made.tier, made.version) == (D("10000.00"), "fixed", "", 1)
    for region, by in ((regions.sichuan, cast.mei), (regions.jiangsu, cast.tao), (regions.root, cast.mei)):
        with pytest.raises(ValidationError) as flaw:
            budget(region, 1, by)
        assert codes(flaw) == {("region", "role")}
    assert PromotionBudget.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "flaw"),
    [
        ({"amount": D(-1)}, ("amount", "negative")),
        ({"amount": None}, ("amount", "required")),
        ({"tier": "Z"}, ("tier", "tier")),
        ({"basis": "magic"}, ("basis", "basis")),
        ({"basis": "sales", "rate": None}, ("rate", "required")),
        ({"basis": "sales", "rate": D("100.01")}, ("rate", "percent")),
        ({"basis": "sales", "rate": D(0)}, ("rate", "percent")),
        ({"quarter": quarter_of(today()) + DAY}, ("quarter", "quarter")),
        ({"note": "x" * 301}, ("note", "long")),
    ],
)
def test_what_is_no_budget_is_refused(regions, cast, change, flaw):
    values = {"region": regions.jiangsu, "quarter": quarter_of(today()), "amount": D(5), "by": cast.mei}
    with pytest.raises(ValidationError) as raised:
        setting.set_budget(**{**values, **change})
    assert codes(raised) == {flaw}
    assert (
        not PromotionBudget.objects.exists() and not AuditEntry.objects.filter(action="promotion_budget.set").exists()
    )


def test_set_again_it_is_changed_and_a_stale_screen_is_refused(regions, cast):
    budget(regions.jiangsu, 100, cast.mei)
    again = budget(regions.jiangsu, 120, cast.mei, version=1)
    assert (again.version, PromotionBudget.objects.count()) == (2, 1)
    with pytest.raises(ValidationError) as flaw:
        budget(regions.jiangsu, 90, cast.mei, version=1)
    assert flaw.value.code == "conflict"
    again.refresh_from_db()
    assert again.amount == D("120.00")


def test_a_rate_goes_by_net_sales_of_its_region_and_tier(regions, cast, shop, west):
    quarter = quarter_of(today())
    before = next_quarter(quarter, -4)
    for customer, month, net in (
        (shop, quarter, 40_000),
        (shop, before, 30_000),
        (shop, before.replace(month=before.month + 2), 5_000),
        (shop, next_quarter(before), 7_777),
        (west, before, 99_999),
    ):
        MonthlySales.objects.create(customer=customer, month=month, gross=net, returns=0, net=net)
    rate = {"region": regions.east, "quarter": quarter, "by": cast.mei, "rate": D("2.5")}
    coming = setting.set_budget(basis="sales", **rate)
    of_a = setting.set_budget(basis="last_year", tier="A", **rate)
    assert [one.pot.amount for one in reading.of_quarter(cast.mei, quarter)] == [D("1000.00"), D("0.00")]
    last = setting.set_budget(basis="last_year", **rate)
    assert (last.pk, of_a.pk) != (of_a.pk, coming.pk)
    found = {one.budget.tier: (one.sales, one.pot.amount) for one in reading.of_quarter(cast.mei, quarter)}
    assert found == {"": (D("35000.00"), D("875.00")), "A": (D("0.00"), D("0.00"))}


# --- a rollout ----------------------------------------------------------------------------------------------------


def test_reserved_when_asked_committed_when_accepted_spent_when_settled(shops, regions, cast):  # noqa: F811
    held = budget(regions.east, 1_000)
    low = budget(regions.jiangsu, 950)
    made = actions.open_promotion(promotion=prepared(cast.mei, cost_each=D("300")), by=cast.mei)
    assert stand(held) == yuan(900, 0, 0, 100)
    one, two, three = made.participations.order_by("pk")
    actions.answer(participation=one, answer="accepted")
    actions.answer(participation=two, answer="declined")
    actions.answer(participation=three, answer="countered", text="不要海报")
    assert stand(held) == yuan(300, 300, 0, 400)
    actions.take_counter(participation=three, by=cast.tao)
    assert stand(held) == yuan(0, 600, 0, 400)
    actions.judge(participation=one, compliance="agreed", by=cast.tao)
    actions.settle(participation=one, amount=D("180.50"), own_costs=D("60"), on=today(), by=cast.tao)
    assert stand(held) == yuan(0, 300, "240.50", "459.50")
    assert stand(low)[3] == D("409.50")
    one.refresh_from_db()
    assert (one.settled, one.own_costs) == yuan("180.50", 60)
    actions.close_promotion(promotion=made, by=cast.mei)
    assert stand(held) == yuan(0, 0, "240.50", "759.50")


def test_what_does_not_fit_is_refused_and_nothing_is_done(shops, regions, cast):  # noqa: F811
    held = budget(regions.jiangsu, 899)
    made = prepared(cast.mei, cost_each=D("300"))
    with pytest.raises(OverBudget) as flaw:
        actions.open_promotion(promotion=made, by=cast.mei)
    assert [(one.pk, excess.needed, excess.over) for one, excess in flaw.value.found] == [(held.pk, *yuan(900, 1))]
    assert "900.00" in flaw.value.messages[0] and "江苏" in flaw.value.messages[0]
    made.refresh_from_db()
    assert (made.state, Participation.objects.count(), BudgetUse.objects.count()) == ("draft", 0, 0)
    assert stand(held) == yuan(0, 0, 0, 899)


def test_figures_of_regions_above_are_not_told(shops, regions, cast):  # noqa: F811
    budget(regions.root, 10)
    with pytest.raises(OverBudget) as flaw:
        actions.open_promotion(promotion=prepared(cast.mei, cost_each=D("300")), by=cast.mei)
    assert "10.00" not in str(flaw.value.messages) and "900" not in str(flaw.value.messages)


def test_another_quarter_tier_or_region_is_another_budget(shops, regions, cast):  # noqa: F811
    budget(regions.jiangsu, 1, tier="A")
    budget(regions.sichuan, 1)
    budget(regions.jiangsu, 1, day=next_quarter(quarter_of(today())))
    made = actions.open_promotion(promotion=prepared(cast.mei, cost_each=D("300")), by=cast.mei)
    assert made.state == "open"
    assert BudgetUse.objects.filter(state="reserved", amount=D("300.00"), tier="").count() == 3


def test_a_customer_that_comes_back_needs_room_again(shops, regions, cast):  # noqa: F811
    held = budget(regions.jiangsu, 900)
    made = actions.open_promotion(promotion=prepared(cast.mei, cost_each=D("300")), by=cast.mei)
    one, two, _three = made.participations.order_by("pk")
    actions.answer(participation=one, answer="declined")
    budget(regions.jiangsu, 800)
    with pytest.raises(OverBudget) as flaw:
        actions.answer(participation=one, answer="accepted")
    assert "800" not in str(flaw.value.messages)  # a dealer is told no figures
    one.refresh_from_db()
    assert one.answer == "declined" and stand(held) == yuan(600, 0, 0, 200)
    actions.answer(participation=two, answer="accepted")
    assert stand(held) == yuan(300, 300, 0, 200)


def test_settling_more_than_was_promised_needs_room(shops, regions, cast):  # noqa: F811
    held = budget(regions.jiangsu, 950)
    made = actions.open_promotion(promotion=prepared(cast.mei, cost_each=D("300")), by=cast.mei)
    one = made.participations.order_by("pk").first()
    actions.answer(participation=one, answer="accepted")
    actions.judge(participation=one, compliance="agreed", by=cast.tao)
    with pytest.raises(OverBudget) as flaw:
        actions.settle(participation=one, amount=D("351"), on=today(), by=cast.tao)
    assert flaw.value.found[0][1].over == D("1.00")
    one.refresh_from_db()
    assert one.settled is None and stand(held) == yuan(600, 300, 0, 50)
    page = at(cast.tao)
    url = reverse("promotions:part-settle", args=[one.pk])
    answer = page.post(url, {"amount": "300", "own_costs": "51", "on": today()})
    assert answer["Location"] == reverse("promotions:part-budget", args=[one.pk]) + "?total=351"
    page.post(answer["Location"], {"why": "多卖了一倍"})
    asked = BudgetApproval.objects.get()
    assert (asked.source, asked.ref, asked.needed, asked.over) == ("part", one.pk, *yuan(51, 1))
    approving.decide(approval=asked, agrees=True, by=cast.mei)
    actions.settle(participation=one, amount=D("351"), on=today(), by=cast.tao)
    assert stand(held) == yuan(600, 0, 351, -1)


def test_a_large_audience_is_kept_for_at_once_and_the_job_promises_it_page_by_page(regions, cast, monkeypatch):
    monkeypatch.setattr(actions, "AT_ONCE", 2)
    for n in range(5):
        create_customer(code=f"N{n}", name=f"店{n}", kind="franchisee", region=regions.jiangsu)
    held = budget(regions.east, 1_500)
    made = actions.open_promotion(promotion=prepared(cast.mei, cost_each=D("300")), by=cast.mei)
    assert stand(held) == yuan(1_500, 0, 0, 0)
    assert dict(BudgetUse.objects.values_list("source", "amount").filter(source="promotion")) == {
        "promotion": D("900.00")
    }
    with pytest.raises(OverBudget):
        actions.open_promotion(promotion=prepared(cast.mei, code="second", cost_each=D("0.01")), by=cast.mei)
    runner.run_here(Job.objects.get(kind="promotions.invite"))
    assert made.participations.count() == 5
    assert BudgetUse.objects.filter(source="part", state="reserved").count() == 5
    assert not BudgetUse.objects.counting().filter(source="promotion").exists()
    assert stand(held) == yuan(1_500, 0, 0, 0)


# --- going over ---------------------------------------------------------------------------------------------------


@pytest.fixture
def asked(shops, regions, cast):  # noqa: F811
    """Tao's promotion takes 900 of 500."""
    budget(regions.jiangsu, 500)
    made = prepared(cast.tao, cost_each=D("300"))
    asking = asking_of(made, cast.tao)
    approving.ask(purpose=asking.purpose, title=asking.title, more=asking.more, day=asking.day, why="新品", by=cast.tao)
    return made


def test_a_head_agrees_and_then_it_opens(asked, regions, cast):
    one = BudgetApproval.objects.get()
    assert (one.needed, one.over, one.state, one.why) == (*yuan(900, 400), "waiting", "新品")
    assert [task.stake for task in tasks(cast.mei, today())] == [D("400.00")]
    assert tasks(cast.lin, today()) == [] and tasks(cast.tao, today()) == []
    assert list(Notification.objects.filter(kind="budget.asked").values_list("user_id", flat=True)) == [cast.mei.pk]
    with pytest.raises(OverBudget):
        actions.open_promotion(promotion=asked, by=cast.tao)
    approving.decide(approval=one, agrees=True, by=cast.mei, answer="值得")
    one.refresh_from_db()
    assert (one.state, one.decided_by_id, one.answer) == ("approved", cast.mei.pk, "值得")
    told = Notification.objects.get(kind="budget.answered")
    assert (told.user_id, told.params["state"]) == (cast.tao.pk, "approved")
    actions.open_promotion(promotion=asked, by=cast.tao)
    assert reading.of_quarter(cast.mei, quarter_of(today()))[0].balance.left == D("-400.00")
    assert [task.stake for task in tasks(cast.mei, today())] == [D("400.00")]  # now it is over
    # The word was for this promotion: the next one needs its own.
    with pytest.raises(OverBudget):
        actions.open_promotion(promotion=prepared(cast.tao, code="next", cost_each=D("0.01")), by=cast.tao)


def test_more_than_was_agreed_is_refused(asked, regions, cast):
    approving.decide(approval=BudgetApproval.objects.get(), agrees=True, by=cast.mei)
    actions.change_promotion(promotion=asked, by=cast.tao, cost_each=D("300.01"))
    with pytest.raises(OverBudget):
        actions.open_promotion(promotion=asked, by=cast.tao)
    asked.refresh_from_db()
    assert asked.state == "draft"


def test_a_refusal_says_why_and_it_stays_shut(asked, cast):
    one = BudgetApproval.objects.get()
    with pytest.raises(ValidationError) as flaw:
        approving.decide(approval=one, agrees=False, by=cast.mei)
    assert codes(flaw) == {("answer", "required")}
    approving.decide(approval=one, agrees=False, by=cast.mei, answer="下季度再做")
    with pytest.raises(ValidationError) as again:
        approving.decide(approval=one, agrees=True, by=cast.mei)
    assert again.value.code == "state"
    with pytest.raises(OverBudget):
        actions.open_promotion(promotion=asked, by=cast.tao)


def test_who_may_not_decide(asked, cast):
    one = BudgetApproval.objects.get()
    for by, code in ((cast.tao, "role"), (cast.lin, "role"), (cast.ana, "role")):
        with pytest.raises(ValidationError) as flaw:
            approving.decide(approval=one, agrees=True, by=by)
        assert flaw.value.code == code
    BudgetApproval.objects.update(asked_by=cast.mei)
    with pytest.raises(ValidationError) as flaw:
        approving.decide(approval=one, agrees=True, by=cast.mei)
    assert flaw.value.code == "two"
    one.refresh_from_db()
    assert one.state == "waiting"


def test_what_fits_is_not_asked_and_asking_twice_is_one_question(asked, regions, cast):
    asking = asking_of(asked, cast.tao)
    given = {"purpose": asking.purpose, "title": asking.title, "more": asking.more, "day": asking.day, "by": cast.tao}
    approving.ask(why="再问一次", **given)
    assert list(BudgetApproval.objects.values_list("why", flat=True)) == ["再问一次"]
    with pytest.raises(ValidationError) as flaw:
        approving.ask(why=" ", **given)
    assert codes(flaw) == {("why", "required")}
    budget(regions.jiangsu, 900)
    with pytest.raises(ValidationError) as flaw:
        approving.ask(why="还要", **given)
    assert flaw.value.code == "fits" and BudgetApproval.objects.count() == 1


# --- a plan with one customer -------------------------------------------------------------------------------------


def test_signing_reserves_agreeing_commits_carrying_out_hands_over(shown, regions, cast):
    cost = brand_cost(terms(), 0)
    assert cost == D("837.00")  # 0.75 on 500 units, materials 480 less 168 paid to us, publicity 150
    held = budget(regions.jiangsu, 1_000, day=shown.starts_on)
    sign(plan=shown, variant=0, side="brand", seen=1, by=cast.tao)
    assert stand(held) == (cost, *yuan(0, 0), D(1_000) - cost)
    sign(plan=shown, variant=1, side="brand", seen=1, by=cast.tao)
    second = brand_cost(terms(), 1)
    assert stand(held)[0] == second and second != cost
    sign(plan=shown, variant=1, side="customer", seen=1, told_by="王")
    assert stand(held) == (*yuan(0), second, *yuan(0), D(1_000) - second)
    shown.refresh_from_db()
    made = actions.carry_out(plan=shown, code="joint", mechanics="买十送一。", by=cast.tao)
    use = BudgetUse.objects.get()
    assert (use.source, use.ref, use.state, use.amount) == ("part", made.participations.get().pk, "committed", second)


def test_a_new_version_or_dropping_releases(shown, regions, cast):
    held = budget(regions.jiangsu, 1_000, day=shown.starts_on)
    sign(plan=shown, variant=0, side="brand", seen=1, by=cast.tao)
    put_own_costs(plan=shown, staff="10", other="", told_by="王", seen=1)
    assert stand(held)[0] == 0
    sign(plan=shown, variant=0, side="brand", seen=2, by=cast.tao)
    assert stand(held)[0] == D("837.00")
    drop_plan(plan=shown, why="换档期", by=cast.tao)
    assert stand(held)[:3] == yuan(0, 0, 0)


def test_signing_more_than_there_is_asks_a_head(shown, regions, cast):
    held = budget(regions.jiangsu, 600, day=shown.starts_on)
    page = at(cast.tao)
    answer = page.post(reverse("promotions:sign", args=[shown.pk]), {"variant": "0", "seen": "1"})
    ask = reverse("promotions:plan-budget", args=[shown.pk]) + "?variant=0"
    assert answer["Location"] == ask
    shown.refresh_from_db()
    assert not shown.shown.signatures.exists() and not BudgetUse.objects.exists()
    assert page.post(ask, {"why": ""}).status_code == 422
    page.post(ask, {"why": "老客户"})
    one = BudgetApproval.objects.get()
    assert (one.budget_id, one.source, one.ref, *yuan(one.over)) == (held.pk, "plan", shown.pk, D("237.00"))
    at(cast.mei).post(reverse("promotions:budget-approval", args=[one.pk]), {"agrees": "1", "answer": ""})
    page.post(reverse("promotions:sign", args=[shown.pk]), {"variant": "0", "seen": "1"})
    assert shown.shown.signatures.get().side == "brand"
    assert stand(held)[3] == D("-237.00")


# --- pages --------------------------------------------------------------------------------------------------------


def test_pages_show_a_budget_to_its_region_only(asked, regions, cast):
    one = BudgetApproval.objects.get()
    paths = [reverse("promotions:budget", args=[one.budget_id]), reverse("promotions:budget-approval", args=[one.pk])]
    assert [at(cast.mei).get(path).status_code for path in paths] == [200, 200]
    assert [at(cast.lin).get(path).status_code for path in paths] == [404, 404]
    # Who asked sees the question, without the figures of a budget that is not in reach.
    answer = at(cast.tao).get(paths[1])
    assert answer.status_code == 200 and answer.context["stand"] is None
    assert at(cast.tao).get(paths[0]).status_code == 404
    listed = at(cast.mei).get(reverse("promotions:budgets"))
    assert [row.balance.left for row, _may in listed.context["rows"]] == [D("500.00")]
    assert at(cast.tao).get(reverse("promotions:budgets")).context["rows"] == []
    assert at(cast.tao).post(reverse("promotions:budget-approval", args=[one.pk]), {"agrees": "1"}).status_code == 422
    # Who only reads is turned away whatever is sent.
    for sent in ({}, {"agrees": "1"}):
        assert at(cast.ana).post(reverse("promotions:budget-approval", args=[one.pk]), sent).status_code == 403
    one.refresh_from_db()
    assert one.state == "waiting"


def test_a_budget_is_set_on_its_page_and_the_board_asks_where_it_is_too_small(shops, regions, cast):  # noqa: F811
    given = {
        "region": regions.jiangsu.pk,
        "tier": "",
        "quarter": quarter_of(today()),
        "basis": "fixed",
        "amount": "500",
    }
    page = at(cast.mei)
    assert page.post(reverse("promotions:budget-set"), {**given, "amount": ""}).status_code == 422
    assert page.post(reverse("promotions:budget-set"), given).status_code == 302
    assert at(cast.tao).get(reverse("promotions:budget-set")).status_code == 403
    assert PromotionBudget.objects.get().amount == D("500.00")
    made = prepared(cast.mei, cost_each=D("300"))
    answer = page.get(reverse("promotions:run-who", args=[made.pk]))
    assert (answer.context["must_ask"], answer.context["cost"]) == (True, D("900.00"))
    assert page.post(reverse("promotions:run-budget", args=[made.pk]), {"why": "开学季"}).status_code == 302
    assert BudgetApproval.objects.get().asked_by == cast.mei
    assert at(cast.lin).get(reverse("promotions:run-budget", args=[made.pk])).status_code == 404


def test_the_list_asks_as_often_for_many_as_for_few(regions, cast, shop):
    quarter = quarter_of(today())
    budget(regions.jiangsu, 5)
    setting.set_budget(region=regions.east, quarter=quarter, basis="sales", rate=D(1), by=None)
    page = at(cast.mei)

    def asked_of(path) -> int:
        with CaptureQueriesContext(connection) as counted:
            assert page.get(path).status_code == 200
        return len(counted)

    asked_of(reverse("promotions:budgets"))  # the first asks for the session and what is remembered after
    few = asked_of(reverse("promotions:budgets"))
    for tier in "ABC":
        for region in (regions.jiangsu, regions.east, regions.zhejiang):
            budget(region, 7, tier=tier)
    for n in range(20):
        promise = holding.Promise(n + 1, shop.pk, regions.jiangsu.pk, regions.jiangsu.path, "A", D(1))
        holding.put_many("plan", [promise], "reserved", today())
    assert asked_of(reverse("promotions:budgets")) == few
