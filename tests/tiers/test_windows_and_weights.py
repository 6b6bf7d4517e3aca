"""Policies that rank on other months or weigh evidence otherwise: tried, adopted, obeyed by every run, explained."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db.models import Sum

from crm.periods import Window
from customers.models import (
    Customer,
    MonthlySales,
    Observation,
    Score,
    ScoreWeights,
    TierDecision,
    TierPolicy,
    TierStanding,
    TierTrial,
)
from customers.scores import actions as scores
from customers.scores import weighing
from customers.scores.terms import WEIGHTS
from customers.tiers import actions, export, labbing, trying
from customers.tiers.explaining import explain
from customers.tiers.policies import rule_of
from customers.tiers.terms import Facts, Policy
from customers.tiers.tiering import decide, ranking_window, windows_of
from customers.tiers.wayup import way_up
from tests.tiers.making import add_months, what_differs, worked_out, world
from tests.tiers.test_equivalence import facts_of

AS_OF = date(2021, 12, 31)
SPRING = date(2022, 3, 15)
pytestmark = pytest.mark.django_db
SHARE_ONLY = {"promotion": 0, "payment": 0, "answer": 0, "report": 100, "opinion": 0}


def test_the_months_of_each_window():
    def of(name, day):
        return ranking_window(Policy(ranked_over=name), day)

    assert of("12_months", SPRING) == Window(date(2021, 3, 1), date(2022, 3, 1))
    assert of("3_months", SPRING) == Window(date(2021, 12, 1), date(2022, 3, 1))
    assert of("6_months", SPRING) == Window(date(2021, 9, 1), date(2022, 3, 1))
    assert of("24_months", SPRING) == Window(date(2020, 3, 1), date(2022, 3, 1))
    assert of("calendar_year", SPRING) == Window(date(2021, 1, 1), date(2022, 1, 1))
    assert of("calendar_year", AS_OF) == Window(date(2021, 1, 1), date(2022, 1, 1))
    assert of("calendar_year", date(2021, 12, 30)) == Window(date(2020, 1, 1), date(2021, 1, 1))
    years = [(one.start.year, one.end.year) for one in windows_of(Policy(ranked_over="calendar_year"), SPRING)]
    assert years == [(2021, 2022), (2020, 2021), (2019, 2020)]


def test_the_way_up_is_counted_in_the_months_ranked_on():
    policy = Policy(ranked_over="3_months")
    facts = [Facts(n, "franchisee", w0=Decimal(1000), ranking=Decimal(10 * n)) for n in range(1, 6)]
    result = decide(facts, policy, AS_OF)
    assert [(one.tier, one.rank) for one in result.decisions] == [("C", 5), ("C", 4), ("C", 3), ("C", 2), ("A", 1)]
    to_a = way_up(facts[1], result.decisions[1], result, policy, AS_OF).to_a
    assert (to_a.amount, to_a.target, to_a.cutoff) == (Decimal("30.00"), Decimal("50.00"), Decimal(50))
    for cents, tier in ((0, "A"), (1, "C")):
        more = to_a.amount - Decimal(cents).scaleb(-2)
        walked = [*facts[:1], replace(facts[1], w0=facts[1].w0 + more, ranking=facts[1].ranking + more), *facts[2:]]
        assert decide(walked, policy, AS_OF).decisions[1].tier == tier


def expected_of(made, policy, day):
    """The rule on sums read by other statements than the engine's."""
    rule = rule_of(policy)
    facts = facts_of(made, policy)
    if rule.ranks_apart:
        start, end = ranking_window(rule, day)
        rows = MonthlySales.objects.filter(month__gte=start, month__lt=end).values_list("customer")
        sums = dict(rows.annotate(net=Sum("net")))
        facts = [replace(one, ranking=sums.get(one.customer_id, Decimal(0))) for one in facts]
    return decide(facts, rule, day)


WINDOWED = [
    ({"ranked_over": "3_months"}, AS_OF),
    ({"ranked_over": "6_months", "stability_band": True}, AS_OF),
    ({"ranked_over": "24_months", "rank_within": "region"}, AS_OF),
    ({"ranked_over": "24_months", "absolute_cutoff": "90000.00"}, AS_OF),
    ({"ranked_over": "calendar_year"}, SPRING),
]


@pytest.mark.parametrize(("options", "day"), WINDOWED)
def test_on_generated_customers_every_run_is_the_pure_rule(regions, cast, policy, options, day):
    made = world(5, 300, regions, AS_OF)
    worked_out(day)
    other = actions.create_policy(code="lab", options=options)
    result = expected_of(made, other, day)
    expected = {one.customer_id: (one.tier, one.reason.value, one.w0, one.rank, one.cutoff) for one in result.decisions}

    trial = trying.ask(by=cast.ada, base=policy, against=policy, draft=labbing.draft_of(other), as_of=day)
    assert (trial.result["ranked"][1], trial.result["k"][1]) == (result.ranked, result.k)
    after = dict(trial.moves.values_list("customer_id", "after"))
    assert after and all(expected[customer][0] == tier for customer, tier in after.items())

    run = actions.replay(as_of=day, policy=other)
    columns = ("customer_id", "tier", "reason", "w0", "rank", "cutoff")
    rows = TierDecision.objects.filter(run=run).values_list(*columns)
    assert {customer: tuple(rest) for customer, *rest in rows} == expected

    file = {row[0]: (row[3], row[7] or None) for row in export.rows(day, other)}
    codes = dict(Customer.objects.values_list("pk", "code"))
    assert file == {codes[customer]: (one[0], one[3]) for customer, one in expected.items()}

    actions.adopt(policy=other, by=None)
    run = actions.refresh(as_of=day)
    rows = TierDecision.objects.filter(run=run).values_list(*columns)
    assert {customer: tuple(rest) for customer, *rest in rows} == expected
    assert what_differs() == {}
    assert actions.refresh(as_of=day, full=True).changed == 0


@pytest.fixture
def five(regions, policy):
    """Sales of January, and of December: S1 sold 500 and 10, S2 400 and 20 … S5 100 and 50."""
    rows = [
        Customer.objects.create(code=f"S{n}", name=f"Shop {n}", kind="franchisee", region=regions.jiangsu)
        for n in range(1, 6)
    ]
    add_months([(row.pk, date(2021, 1, 1), 60_000 - 10_000 * n) for n, row in enumerate(rows, 1)])
    add_months([(row.pk, date(2021, 12, 1), 1_000 * n) for n, row in enumerate(rows, 1)])
    return rows


def try_out(cast, policy, day=AS_OF, **options):
    draft = labbing.draft_of(policy) | {"options": options}
    return trying.ask(by=cast.ada, base=policy, against=policy, draft=draft, as_of=day)


def test_three_months_by_hand_tried_kept_adopted_and_explained(five, cast, policy):
    actions.refresh(as_of=AS_OF)
    trial = try_out(cast, policy, ranked_over="3_months")
    assert sorted(trial.moves.values_list("customer__code", "before", "after", "rank")) == [
        ("S1", "A", "C", 5),
        ("S5", "C", "A", 1),
    ]
    assert labbing.cutoffs_of(trial) == (Decimal(510), Decimal(50))
    kept = trying.keep(trial=trial, name="Short", note="", by=cast.ada)
    assert kept.options == {"ranked_over": "3_months"}
    assert TierStanding.objects.get(customer=five[0]).tier == "A"
    actions.adopt(policy=kept, by=cast.ada)
    actions.refresh(as_of=AS_OF)
    found = explain(Customer.objects.select_related("standing").get(pk=five[1].pk))
    assert (found.tier, found.rank, found.ranked_on, found.cutoff) == ("C", 4, Decimal(20), Decimal(50))
    assert (found.way_up.to_a.amount, found.facts.w0) == (Decimal("30.00"), Decimal(420))
    rows = list(export.rows(AS_OF, kept))
    assert export.columns_of(kept)[-1] == "ranked_sales" and "ranked_sales" not in export.columns_of(policy)
    assert (rows[0][0], rows[0][4], rows[0][-1]) == ("S1", "510.00", "10.00")
    add_months([(five[0].pk, date(2021, 11, 1), 9_000)])  # after an import
    TierStanding.objects.get(customer=five[0])
    actions.refresh(as_of=AS_OF, full=True)
    assert TierStanding.objects.get(customer=five[0]).tier == "A"


# --- weights ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def judged(five):
    """S2 grew by 20 % twice, runs its promotions and never reports; its loyalty is from its months."""
    one = five[1]
    for year, cents in ((2020, 35_000), (2019, 29_000)):
        add_months([(one.pk, date(year, 1, 1), cents)])
    seen = [("promotion", 100)] * 6 + [("report", 0)] * 6
    for n, (kind, kept) in enumerate(seen):
        Observation.objects.create(
            customer=one, kind=kind, score=kept, seen_on=date(2021, 12, n + 1), trait="cooperation"
        )
    return one


def cooperation(customer):
    return Score.objects.get(customer=customer, trait="cooperation", current=True)


def test_a_trial_and_a_replay_work_scores_out_with_the_weights(judged, cast, policy):
    actions.refresh(as_of=AS_OF)
    # The network keeps all promotions and no reports: 35 of 50.
    assert cooperation(judged).value == 7000
    assert TierStanding.objects.get(customer=judged).cooperation == 7000
    before = list(Score.objects.order_by("pk").values_list())
    other = actions.create_policy(code="lab", options={"cooperation_weights": {"promotion": 10, "report": 30}})
    for day, value in ((AS_OF, 2500), (date(2021, 12, 30), 2500)):
        run = actions.replay(as_of=day, policy=other)
        assert TierDecision.objects.get(run=run, customer=judged).cooperation == value
    usual = actions.replay(as_of=AS_OF, policy=policy)
    assert TierDecision.objects.get(run=usual, customer=judged).cooperation == 7000
    trial = try_out(cast, policy, **other.options)
    assert trial.result
    assert list(Score.objects.order_by("pk").values_list()) == before
    assert not ScoreWeights.objects.exists()


def test_an_adopted_policy_weighs_tomorrows_scores_and_says_so(judged, cast, policy, monkeypatch):
    actions.refresh(as_of=AS_OF)
    other = actions.create_policy(code="lab", options={"cooperation_weights": {"promotion": 10, "report": 30}})
    monkeypatch.setattr(actions, "today", lambda: date(2022, 1, 1))
    actions.adopt(policy=other, by=cast.ada)
    assert ScoreWeights.objects.get().since == date(2022, 1, 1)
    assert ScoreWeights.objects.get().cooperation == WEIGHTS["cooperation"] | {"promotion": 10, "report": 30}
    actions.refresh(as_of=date(2022, 1, 1))
    row = cooperation(judged)
    assert (row.value, row.as_of, row.run.weights["cooperation"]["report"]) == (2500, date(2022, 1, 1), 30)
    assert sum(one["points"] for one in row.components) == row.value
    assert [(one["kind"], one["weight"], one["points"]) for one in row.components] == [
        ("promotion", 10, 2500),
        ("report", 30, 0),
    ]
    assert {one["why"] for one in row.because if one["kind"]} == {"new_weights"}
    assert TierStanding.objects.get(customer=judged).cooperation == 2500
    assert what_differs() == {}
    assert scores.follow(as_of=date(2022, 1, 1)).changed == 0
    assert weighing.in_force(AS_OF) == WEIGHTS, "the day before weighs as it did"


def test_a_kind_that_weighs_nothing_is_no_evidence(judged, policy):
    found = {"cooperation": SHARE_ONLY}
    weighing.put(weights=found, since=AS_OF)
    scores.compute(as_of=AS_OF)
    row = cooperation(judged)
    assert (row.value, row.events, [one["kind"] for one in row.components]) == (0, 6, ["report"])


def test_the_same_weights_again_write_nothing(policy):
    assert weighing.put(weights=WEIGHTS, since=AS_OF) is None
    assert weighing.put(weights={"cooperation": SHARE_ONLY}, since=AS_OF) is not None
    assert weighing.put(weights={"cooperation": SHARE_ONLY}, since=AS_OF) is None
    assert ScoreWeights.objects.count() == 1


@pytest.mark.parametrize(
    "options",
    [
        {"ranked_over": "5_months"},
        {"ranked_over": "3_months", "part_years": True},
        {"cooperation_weights": {"promotion": 101}},
        {"cooperation_weights": {"promotion": -1}},
        {"cooperation_weights": {"promotion": 1.5}},
        {"cooperation_weights": {"tenure": 5}},
        {"loyalty_weights": [1]},
        {"loyalty_weights": dict.fromkeys(WEIGHTS["loyalty"], 0)},
    ],
)
def test_what_no_company_can_mean_is_refused_and_leaves_nothing(cast, policy, options):
    with pytest.raises(ValidationError) as refused:
        try_out(cast, policy, **options)
    assert list(refused.value.message_dict) == ["options"]
    with pytest.raises(ValidationError):
        actions.create_policy(code="lab", options=options)
    assert (TierTrial.objects.count(), TierPolicy.objects.count(), ScoreWeights.objects.count()) == (0, 1, 0)


TYPED = {
    "top_share": "20",
    "growth": "10",
    "cooperation_high": 70,
    "loyalty_high": 70,
    "min_observations": 5,
    "rank_within": "brand",
    "year_end_month": 12,
}


def test_the_page_takes_both_and_says_them_again(five, cast, policy, sign_in):
    client = sign_in(cast.ada)
    typed = TYPED | {"against": policy.pk, "as_of": "2021-12-31"}
    given = {"ranked_over": "6_months", "cooperation_promotion": 50, "cooperation_payment": 30, "loyalty_share": 0}
    answer = client.post("/customers/tiers/lab/", typed | given)
    assert answer.status_code == 302, answer.content.decode()
    trial = TierTrial.objects.get()
    assert trial.draft["options"] == {
        "ranked_over": "6_months",
        "cooperation_weights": {"promotion": 50},
        "loyalty_weights": {"share": 0},
    }
    page = client.get(answer["Location"]).content.decode()
    assert "the last 6 full months" in page and "Weights of cooperation" in page
    refused = typed | {f"loyalty_{kind}": 0 for kind in WEIGHTS["loyalty"]} | {"cooperation_report": 101}
    page = client.post("/customers/tiers/lab/", refused)
    assert page.status_code == 422
    assert "One of these weights must be above 0." in page.content.decode()
    assert TierTrial.objects.count() == 1


def test_over_the_api_the_draft_comes_back_as_it_was_given(five, cast, policy, sign_in):
    options = {"ranked_over": "24_months", "loyalty_weights": {"tenure": 10}}
    client = sign_in(cast.ada)
    answer = client.post("/api/v1/tiers/lab/", {"options": options, "as_of": "2021-12-31"}, "application/json")
    assert answer.status_code == 201, answer.content.decode()
    assert answer.json()["draft"]["options"] == options
