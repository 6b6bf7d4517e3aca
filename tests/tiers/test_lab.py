"""Trials of drafts: who would move is who the rule moves; scope; nothing in force is touched."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Min, Sum

from crm.jobs import runner
from crm.jobs.models import Job
from crm.periods import Windows
from crm.site import site
from customers.models import (
    Customer,
    MonthlySales,
    Score,
    TierOverride,
    TierPolicy,
    TierTrial,
    TierTrialMove,
)
from customers.tiers import actions, labbing, trying
from customers.tiers.lab import Churn, churn, side
from customers.tiers.optioned import months_active
from customers.tiers.policies import rule_of
from customers.tiers.tiering import decide
from tests.tiers.making import add_months, worked_out, world
from tests.tiers.test_equivalence import facts_of
from tests.tiers.test_runs import everything

AS_OF = date(2021, 12, 31)
pytestmark = pytest.mark.django_db
OPTIONS = [
    {},
    {"stability_band": True},
    {"rank_within": "region"},
    {"b_judged_yearly": True},
    {"b_judged_yearly": True, "year_end_month": 6},
    {"absolute_cutoff": "5000.00"},
    {"part_years": True},
]


def draft(policy, **values):
    options = values.pop("options", None)
    found = labbing.draft_of(policy) | values
    return found | ({"options": options} if options is not None else {})


@pytest.fixture
def ten(cast, regions, policy):
    """Ten franchisees: F1 sold 1000 in 2021 … F10 100; odd ones in Jiangsu, even ones in Sichuan."""
    rows = [
        Customer.objects.create(
            code=f"F{n:02}",
            name=f"Shop {n}",
            kind="franchisee",
            region=regions.jiangsu if n % 2 else regions.sichuan,
        )
        for n in range(1, 11)
    ]
    add_months([(row.pk, date(2021, 6, 1), 110_000 - 10_000 * n) for n, row in enumerate(rows, 1)])
    add_months([(row.pk, date(2022, 6, 1), 10_000) for row in rows[:5]])
    return rows


def try_out(cast, policy, by=None, as_of=AS_OF, **values):
    return trying.ask(by=by or cast.ada, base=policy, against=policy, draft=draft(policy, **values), as_of=as_of)


def moves(trial):
    rows = trial.moves.order_by("customer__code").values_list("customer__code", "before", "after", "rank")
    return [tuple(row) for row in rows]


def test_ten_customers_by_hand(cast, ten, policy):
    """Top 20 % is F01, F02; top 40 % is F01 to F04."""
    trial = try_out(cast, policy, top_share="0.40")
    assert moves(trial) == [("F03", "C", "A", 3), ("F04", "C", "A", 4)]
    assert (trial.result["ranked"], trial.result["k"]) == ([10, 10], [2, 4])
    assert labbing.cutoffs_of(trial) == (Decimal(900), Decimal(700))
    cells = labbing.cells_of(trial)
    before, after = side(cells, "before"), side(cells, "after")
    assert (before.counts, after.counts) == ({"A": 2, "B": 0, "C": 8}, {"A": 4, "B": 0, "C": 6})
    assert (before.covered[0] * 5500, after.covered[0] * 5500) == (1900, 3400)
    assert (before.next_covered[0] * 5, after.next_covered[0] * 5) == (2, 4)
    assert (trial.result["moved"], trial.result["held"]) == (2, 0)
    assert "result" not in site.get_model_admin(TierTrial).fields  # of all regions, whoever looks it up


def test_the_same_draft_moves_nobody(cast, ten, policy):
    assert moves(try_out(cast, policy)) == []


def test_next_years_sales_are_left_out_until_they_are_known(cast, ten, policy, monkeypatch):
    monkeypatch.setattr("customers.tiers.labbing.today", lambda: date(2022, 12, 30))
    trial = try_out(cast, policy)
    assert side(labbing.cells_of(trial), "after").next_covered == (None, None)
    monkeypatch.setattr("customers.tiers.labbing.today", lambda: date(2022, 12, 31))
    assert side(labbing.cells_of(try_out(cast, policy)), "after").next_covered[0] is not None


def test_an_override_keeps_its_customer_where_it_is(cast, ten, policy):
    TierOverride.objects.create(
        customer=ten[2],
        tier="C",
        reason="waits for the audit",
        since=AS_OF,
        until=AS_OF,
        state="in_force",
        decided_by=cast.ada,
    )
    trial = try_out(cast, policy, top_share="0.40")
    assert moves(trial) == [("F04", "C", "A", 4)]
    assert trial.result["held"] == 1


def test_a_trial_touches_nothing_in_force(cast, ten, policy):
    actions.refresh(as_of=AS_OF)
    before = everything()
    try_out(cast, policy, top_share="0.50", min_observations="1", options={"stability_band": True, "band_leave": "0.6"})
    assert everything() == before
    assert TierPolicy.objects.count() == 1


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("options", OPTIONS)
def test_on_generated_customers_it_is_the_pure_rule(regions, cast, policy, seed, options):
    made = world(seed, 300, regions, AS_OF)
    band = {"band_enter": "0.10", "band_leave": "0.40"} if options.get("stability_band") else {}
    trial = try_out(cast, policy, top_share="0.30", growth="0.05", options=options | band)
    rule = labbing.rule_of_draft(trial.draft)
    windows = Windows.as_of(AS_OF)
    firsts = dict(
        MonthlySales.objects.filter(month__gte=windows.w2.start, month__lt=windows.w0.end)
        .values_list("customer_id")
        .annotate(first=Min("month"))
    )

    def months(pk):
        return months_active(made[pk]["opened"], firsts.get(pk), windows)

    first = {one.customer_id: one for one in decide(facts_of(made, policy), rule_of(policy), AS_OF).decisions}
    facts = facts_of(made, policy, months if rule.part_years else None)
    second = {one.customer_id: one for one in decide(facts, rule, AS_OF).decisions}
    expected = {
        pk: (first[pk].tier, one.tier, first[pk].reason.value, one.reason.value, one.w0, one.w1, one.rank)
        for pk, one in second.items()
        if first[pk].tier != one.tier
    }
    rows = trial.moves.values_list("customer_id", "before", "after", "reason_before", "reason", "w0", "w1", "rank")
    assert {pk: tuple(rest) for pk, *rest in rows} == expected
    counts = side(labbing.cells_of(trial), "after").counts
    assert counts == {tier: sum(one.tier == tier for one in second.values()) for tier in "ABC"}
    assert TierTrialMove.objects.filter(trial=trial).count() == trial.result["moved"] == len(expected)


@pytest.mark.parametrize("options", [{}, {"stability_band": True, "band_enter": "0.10", "band_leave": "0.40"}])
def test_churn_is_that_of_the_pure_rule_month_by_month(regions, cast, policy, options):
    made = world(3, 120, regions, AS_OF)
    for day in labbing.month_ends(AS_OF):
        worked_out(day)
    trial = try_out(cast, policy, top_share="0.30", options=options)
    runner.run_here(trying.ask_churn(trial=trial, by=cast.ada))
    trial.refresh_from_db()
    found = labbing.churn_of(trial)
    rule, chain, before = labbing.rule_of_draft(trial.draft), [], {}
    days = labbing.month_ends(AS_OF)
    assert (len(days), days[0], days[-1]) == (13, date(2020, 12, 31), AS_OF)
    for day in days:
        facts = _facts_on(made, policy, day, before)
        before = {one.customer_id: one.tier for one in decide(facts, rule, day).decisions}
        chain.append(before)
    assert found["draft"] == churn(chain)
    assert found["against"]["A"].months == 12
    assert isinstance(found["against"]["A"], Churn)


def _facts_on(made, policy, day, before):
    """The facts of a day from the tables, one customer at a time, by other statements than the engine's."""
    found = []
    for one in facts_of(made, policy):
        sums = []
        for window in (Windows.as_of(day).w0, Windows.as_of(day).w1, Windows.as_of(day).w2):
            rows = MonthlySales.objects.filter(
                customer=one.customer_id, month__gte=window.start, month__lt=window.end, month__lte=day
            )
            sums.append(rows.aggregate(n=Sum("net"))["n"] or Decimal(0))
        scores = {}
        for trait in ("cooperation", "loyalty"):
            rows = Score.objects.filter(customer=one.customer_id, trait=trait, as_of__lte=day).order_by("-pk")
            row = rows.first()
            known = row is not None and row.value is not None and row.events >= policy.min_observations
            scores[trait] = Decimal(row.value) / 100 if known else None
        w0, w1, w2 = sums
        found.append(
            replace(one, w0=w0, w1=w1, w2=w2, **scores, previous_tier=before.get(one.customer_id), months_active=None)
        )
    return found


def test_many_customers_are_tried_by_a_job(cast, ten, policy, monkeypatch):
    actions.refresh(as_of=AS_OF)
    monkeypatch.setattr(trying, "AT_ONCE", 9)
    trial = try_out(cast, policy, top_share="0.40")
    assert (trial.result, trial.moves.count()) == ({}, 0)
    job = Job.objects.get(pk=trial.job_id)
    runner.run_here(job)
    trial.refresh_from_db()
    assert [code for code, *_rest in moves(trial)] == ["F03", "F04"]
    job.refresh_from_db()
    assert job.result == {"trial": trial.pk, "moved": 2}


@pytest.mark.parametrize("name, allowed", [("mei", True), ("lin", True), ("ana", True), ("ada", True), ("tao", False)])
def test_who_may_use_the_laboratory(cast, ten, policy, name, allowed):
    by = getattr(cast, name)
    if allowed:
        assert try_out(cast, policy, by=by).pk
        return
    with pytest.raises(PermissionDenied):
        try_out(cast, policy, by=by)
    assert not TierTrial.objects.exists()


def test_trials_are_ones_own_and_names_are_those_in_reach(cast, ten, policy):
    trial = try_out(cast, policy, by=cast.mei, top_share="0.40")
    assert [TierTrial.objects.visible_to(user).count() for user in (cast.mei, cast.lin, cast.ada)] == [1, 0, 1]
    seen = TierTrialMove.objects.visible_to(cast.mei).filter(trial=trial)
    assert list(seen.values_list("customer__code", flat=True)) == ["F03"]


def test_contradictions_and_days_to_come_are_refused(cast, ten, policy):
    for values, field in (
        ({"options": {"stability_band": True, "band_enter": "0.5"}}, "options"),
        ({"options": {"cadence_days": {"A": 0}}}, "options"),
        ({"as_of": date(2100, 1, 1)}, "as_of"),
    ):
        with pytest.raises(ValidationError) as refused:
            try_out(cast, policy, **values)
        assert list(refused.value.message_dict) == [field]
    assert not TierTrial.objects.exists()


def test_a_draft_is_kept_as_a_version_with_its_visiting(cast, ten, policy):
    trial = try_out(cast, policy, top_share="0.40", options={"cadence_days": {"A": 10}, "visit_minutes": 90})
    made = trying.keep(trial=trial, name="Wider", note="after the meeting", by=cast.ada)
    assert (made.version, made.name, made.note, made.top_share) == (2, "Wider", "after the meeting", Decimal("0.40"))
    assert made.options == {"cadence_days": {"A": 10}, "visit_minutes": 90}
    with pytest.raises(ValidationError):
        trying.keep(trial=trial, name="Mine", note="", by=cast.mei)
    assert TierPolicy.objects.count() == 2
