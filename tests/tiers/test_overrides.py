"""A tier set by hand: two people, its days, what it does to standing, decisions, counters, past days and exports."""

import csv
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Sum

from crm.audit.models import AuditEntry
from crm.jobs import runner
from crm.jobs.actions import enqueue
from crm.jobs.models import Job
from customers.models import (
    Customer,
    RegionTier,
    TierDecision,
    TierOverride,
    TierPolicy,
    TierRun,
    TierStanding,
)
from customers.tiers import actions, export, overriding, pastday
from customers.tiers.policies import rule_of
from customers.tiers.tiering import decide
from tests.tiers.making import add_months, what_differs, world
from tests.tiers.test_equivalence import facts_of

pytestmark = pytest.mark.django_db
DAY = date(2022, 1, 10)
WHY = "the owner opens a second shop in March"


@pytest.fixture
def day(monkeypatch):
    """The company's day, which a test may move: day.set(date)."""

    class Clock:
        now = DAY

        def set(self, value):
            self.now = value

    clock = Clock()
    for module in ("crm.clock", "customers.tiers.overriding", "customers.tiers.actions", "customers.tiers.adopting"):
        monkeypatch.setattr(f"{module}.today", lambda: clock.now)
    return clock


@pytest.fixture
def shops(cast, regions, policy, day):
    """Five franchisees that sold 500, 400, 300, 200 and 100 in 2021: the first is A, the others C."""
    rows = [
        Customer.objects.create(code=f"F{n}", name=f"Shop {n}", kind="franchisee", region=regions.jiangsu)
        for n in range(1, 6)
    ]
    add_months([(row.pk, date(2021, 6, 1), 60_000 - 10_000 * n) for n, row in enumerate(rows, 1)])
    actions.refresh(as_of=DAY)
    assert tiers() == "ACCCC"
    return rows


def tiers():
    return "".join(TierStanding.objects.order_by("customer__code").values_list("tier", flat=True))


def counted():
    rows = RegionTier.objects.order_by("tier").values_list("tier").annotate(n=Sum("customers"))
    return dict(rows)


def hold(customer, tier, cast, *, since=None, until=date(2022, 3, 31)):
    made = overriding.propose(customer=customer, tier=tier, reason=WHY, since=since, until=until, by=cast.tao_or_mei)
    return overriding.approve(override=made, by=cast.ada)


@pytest.fixture(autouse=True)
def proposers(request):
    """Mei proposes, Ada approves, unless a test says otherwise."""
    if "cast" in request.fixturenames:
        found = request.getfixturevalue("cast")
        found.tao_or_mei = found.mei


def test_it_takes_two_and_then_decides_the_tier(shops, cast):
    second = shops[1]
    made = overriding.propose(customer=second, tier="A", reason=WHY, until=date(2022, 3, 31), by=cast.mei)
    assert (made.state, made.computed_tier, made.since) == ("proposed", "C", DAY)
    actions.refresh(as_of=DAY)
    assert tiers() == "ACCCC"
    held = overriding.approve(override=made, by=cast.ada, note="seen the lease", version=1)
    assert (held.state, held.decided_by, held.version) == ("in_force", cast.ada, 2)
    run = actions.refresh(as_of=DAY)
    assert (tiers(), run.changed, (run.a, run.b, run.c)) == ("AACCC", 1, (2, 0, 3))
    standing = TierStanding.objects.get(customer=second)
    assert (standing.tier, standing.reason, standing.computed_tier, standing.computed_reason) == (
        "A",
        "override",
        "C",
        "not_yet_judgeable",
    )
    row = TierDecision.objects.filter(customer=second).latest("pk")
    assert (row.tier, row.reason, row.previous_tier, row.rule_tier, row.rule_reason, row.rank) == (
        "A",
        "override",
        "C",
        "C",
        "not_yet_judgeable",
        2,
    )
    assert counted() == {"A": 2, "C": 3}
    assert what_differs() == {}
    assert (run.ranked, run.k, run.cutoff) == (5, 1, 500)  # the ladder is the rule's
    words = list(AuditEntry.objects.filter(action__startswith="tier_override").order_by("pk").values_list("action"))
    assert words == [("tier_override.propose",), ("tier_override.approve",)]
    assert Job.objects.filter(kind="tiers.refresh").count() == 1


def test_it_ends_on_its_day_by_the_nightly_refresh(shops, cast, day):
    hold(shops[1], "A", cast, until=date(2022, 1, 20))
    hold(shops[0], "C", cast, until=date(2022, 1, 21))
    actions.refresh(as_of=DAY)
    assert tiers() == "CACCC"
    day.set(date(2022, 1, 20))
    actions.refresh(as_of=day.now)
    assert tiers() == "CACCC"
    day.set(date(2022, 1, 21))
    actions.refresh(as_of=day.now)
    assert tiers() == "CCCCC"
    day.set(date(2022, 1, 22))
    assert overriding.expire() == 2
    assert overriding.expire() == 0
    actions.refresh(as_of=day.now)
    assert tiers() == "ACCCC"
    told = list(TierDecision.objects.filter(customer=shops[0]).order_by("pk").values_list("tier", "reason", "as_of"))
    assert told == [
        ("A", "top_share", DAY),
        ("C", "override", DAY),
        ("A", "top_share", date(2022, 1, 22)),
    ]
    assert set(TierOverride.objects.values_list("state", flat=True)) == {"expired"}
    assert what_differs() == {}


def test_a_day_to_come_begins_then(shops, cast, day):
    hold(shops[1], "B", cast, since=date(2022, 1, 15))
    actions.refresh(as_of=DAY)
    assert tiers() == "ACCCC"
    day.set(date(2022, 1, 15))
    actions.refresh(as_of=day.now)
    assert tiers() == "ABCCC"
    assert what_differs() == {}


def test_what_the_rule_says_meanwhile_is_kept_up(shops, cast, policy):
    from tests.tiers.making import set_month

    hold(shops[1], "B", cast)
    actions.refresh(as_of=DAY)
    set_month(shops[1].pk, date(2021, 7, 1), 90_000)
    run = actions.refresh(as_of=DAY)
    assert tiers() == "CBCCC"  # it took the one place by the rule, so the first lost it
    standing = TierStanding.objects.get(customer=shops[1])
    assert (standing.computed_tier, standing.computed_reason, run.changed) == ("A", "top_share", 2)
    assert what_differs() == {}
    actions.refresh(as_of=DAY, full=True)
    assert what_differs() == {}


def test_ended_early_the_rule_decides_again(shops, cast):
    held = hold(shops[1], "A", cast)
    actions.refresh(as_of=DAY)
    with pytest.raises(ValidationError, match="Say why"):
        overriding.end(override=held, by=cast.mei, note=" ")
    ended = overriding.end(override=held, by=cast.mei, note="the lease fell through")
    assert (ended.state, ended.ended_on, ended.end_note) == ("ended", DAY, "the lease fell through")
    actions.refresh(as_of=DAY)
    assert tiers() == "ACCCC"
    assert what_differs() == {}
    with pytest.raises(ValidationError) as refused:
        overriding.end(override=held, by=cast.mei, note="again")
    assert refused.value.code == "decided"


def test_another_takes_its_place(shops, cast):
    first = hold(shops[1], "A", cast)
    second = hold(shops[1], "B", cast)
    first.refresh_from_db()
    assert (first.state, first.ended_on, second.state) == ("ended", DAY, "in_force")
    actions.refresh(as_of=DAY)
    assert tiers() == "ABCCC"
    later = overriding.propose(
        customer=shops[1], tier="A", reason=WHY, since=date(2022, 2, 1), until=date(2022, 2, 9), by=cast.mei
    )
    with pytest.raises(ValidationError) as refused:
        overriding.approve(override=later, by=cast.ada)
    assert refused.value.code == "other"


def refused_by(call):
    with pytest.raises(ValidationError) as refused:
        call()
    error = refused.value
    if hasattr(error, "error_dict"):
        return {name: [one.code for one in errors] for name, errors in error.error_dict.items()}
    return error.code


@pytest.mark.parametrize(
    "given, refusal",
    [
        ({"reason": "too short"}, {"reason": ["short"]}),
        ({"reason": "x" * 501}, {"reason": ["long"]}),
        ({"tier": "D"}, {"tier": ["tier"]}),
        ({"since": DAY - timedelta(days=1)}, {"since": ["past"]}),
        ({"since": DAY + timedelta(days=9), "until": DAY + timedelta(days=8)}, {"until": ["order"]}),
        ({"until": DAY + timedelta(days=366)}, {"until": ["long"]}),
    ],
)
def test_what_is_refused_changes_nothing(shops, cast, given, refusal):
    values = {"customer": shops[1], "tier": "A", "reason": WHY, "until": DAY, "by": cast.mei} | given
    assert refused_by(lambda: overriding.propose(**values)) == refusal
    assert not TierOverride.objects.exists()
    assert not AuditEntry.objects.filter(action__startswith="tier_override").exists()


def test_a_year_is_the_longest(shops, cast):
    made = overriding.propose(customer=shops[1], tier="A", reason=WHY, until=DAY + timedelta(days=365), by=cast.mei)
    assert (made.until - made.since).days == 365


def test_the_second_pair_of_eyes(shops, cast):
    made = overriding.propose(customer=shops[1], tier="A", reason=WHY, until=DAY, by=cast.mei)
    assert refused_by(lambda: overriding.approve(override=made, by=cast.mei)) == "right"
    assert refused_by(lambda: overriding.approve(override=made, by=cast.lin)) == "right"
    assert refused_by(lambda: overriding.approve(override=made, by=cast.tao)) == "right"
    assert refused_by(lambda: overriding.approve(override=made, by=cast.ana)) == "right"
    assert refused_by(lambda: overriding.refuse(override=made, by=cast.ada, note="")) == {"note": ["required"]}
    assert refused_by(lambda: overriding.approve(override=made, by=cast.ada, version=7)) == "conflict"
    made.refresh_from_db()
    assert (made.state, made.version) == ("proposed", 1)
    gone = overriding.refuse(override=made, by=cast.ada, note="one good month is not a year")
    assert (gone.state, gone.review_note) == ("refused", "one good month is not a year")
    assert refused_by(lambda: overriding.approve(override=made, by=cast.ada)) == "decided"
    # The database holds it too.
    with pytest.raises(IntegrityError), transaction.atomic():
        TierOverride.objects.filter(pk=made.pk).update(state="in_force", decided_by=cast.mei)


def test_an_administrators_own_is_approved_by_a_head(shops, cast):
    made = overriding.propose(customer=shops[1], tier="A", reason=WHY, until=DAY, by=cast.ada)
    assert refused_by(lambda: overriding.approve(override=made, by=cast.ada)) == "right"
    assert overriding.approve(override=made, by=cast.mei).state == "in_force"


def test_taking_a_proposal_back_needs_no_word(shops, cast):
    made = overriding.propose(customer=shops[1], tier="A", reason=WHY, until=DAY, by=cast.mei)
    assert refused_by(lambda: overriding.propose(customer=shops[1], tier="B", reason=WHY, until=DAY, by=cast.ada)) == (
        "proposed"
    )
    overriding.refuse(override=made, by=cast.mei, note="")
    assert AuditEntry.objects.latest("pk").action == "tier_override.withdraw"
    actions.refresh(as_of=DAY)
    assert tiers() == "ACCCC"


def test_closed_customers_have_no_tier_to_set(shops, cast):
    shops[1].state = "closed"
    shops[1].save()
    assert (
        refused_by(lambda: overriding.propose(customer=shops[1], tier="A", reason=WHY, until=DAY, by=cast.mei))
        == "closed"
    )


def test_closing_leaves_the_tiers_whatever_was_set(shops, cast):
    hold(shops[1], "A", cast)
    actions.refresh(as_of=DAY)
    Customer.objects.filter(pk=shops[1].pk).update(state="closed", closed_on=DAY)
    actions.refresh(as_of=DAY)
    standing = TierStanding.objects.get(customer=shops[1])
    assert (standing.tier, standing.reason, standing.computed_tier) == ("", "not_open", "")
    assert what_differs() == {}


def test_a_past_day_is_decided_as_it_was_then(shops, cast, day, policy, tmp_path):
    hold(shops[1], "A", cast, until=date(2022, 1, 20))
    day.set(date(2022, 2, 10))
    overriding.expire()
    actions.refresh(as_of=day.now)
    assert tiers() == "ACCCC"
    run = actions.run(as_of=date(2022, 1, 15), policy=policy)
    assert (run.mode, run.a, run.c) == ("replay", 2, 3)
    kept = TierDecision.objects.get(run=run, customer=shops[1])
    assert (kept.tier, kept.reason, kept.rule_tier, kept.rule_reason) == ("A", "override", "C", "not_yet_judgeable")
    assert actions.run(as_of=date(2022, 1, 15), policy=policy).changed == 0
    for at, expected in ((date(2022, 1, 15), "A,override"), (date(2022, 1, 21), "C,not_yet_judgeable")):
        export.write_csv(tmp_path / "tiers.csv", as_of=at, policy=policy)
        with open(tmp_path / "tiers.csv", encoding="utf-8", newline="") as handle:
            rows = {row["code"]: row for row in csv.DictReader(handle)}
        assert f"{rows['F2']['tier']},{rows['F2']['reason']}" == expected
        assert list(rows["F2"]) == list(export.COLUMNS)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("options", [{}, {"stability_band": True}, {"rank_within": "region"}, {"part_years": True}])
def test_on_many_customers_the_rule_is_untouched(regions, cast, policy, seed, options, monkeypatch):
    as_of = date(2021, 12, 31)
    if options:
        policy = TierPolicy.objects.create(code="x", name="x", options=options, adopted_at="2100-01-01T00:00:00Z")
    made = world(seed, 300, regions, as_of)
    chosen = sorted(made)[::7]
    TierOverride.objects.bulk_create(
        TierOverride(
            customer_id=pk,
            tier="ABC"[n % 3],
            reason=WHY,
            since=as_of,
            until=as_of,
            state="in_force",
            decided_by=cast.ada,
        )
        for n, pk in enumerate(chosen)
    )
    forced = {pk: "ABC"[n % 3] for n, pk in enumerate(chosen)}
    actions.refresh(as_of=as_of, full=True)
    found = {row.pk: row for row in TierStanding.objects.all()}
    if not options.get("part_years"):
        expected = {one.customer_id: one for one in decide(facts_of(made, policy), rule_of(policy), as_of).decisions}
        for pk, row in found.items():
            one = expected.get(pk)
            assert (row.computed_tier, row.computed_reason) == ((one.tier, one.reason.value) if one else ("", ""))
    for pk, row in found.items():
        assert row.tier == (forced.get(pk, row.computed_tier) if row.computed_tier else "")
    assert what_differs() == {}
    with pastday.scratch() as cursor:
        pastday.compute(cursor, rule_of(policy), as_of)
        cursor.execute(f"SELECT customer_id, tier, reason, rule_tier, rule_reason FROM {pastday.RESULT}")
        past = {pk: tuple(rest) for pk, *rest in cursor.fetchall()}
    assert past == {pk: (row.tier, row.reason, row.rule_tier, row.rule_reason) for pk, row in found.items() if row.tier}


def test_the_nightly_job_ends_overrides(shops, cast, day):
    hold(shops[1], "A", cast, until=DAY)
    day.set(DAY + timedelta(days=1))
    job = enqueue(kind="tiers.due")
    runner.run_here(job)
    job.refresh_from_db()
    assert job.result == {"expired": 1, "adopted": [], "swept": 0}
    assert TierRun.objects.count() == 1


def test_marking_the_expired_costs_the_same_for_many(shops, cast, day, django_assert_num_queries):
    for row in shops:
        hold(row, "B", cast, until=DAY)
    day.set(DAY + timedelta(days=1))
    with django_assert_num_queries(5):
        assert overriding.expire() == 5
