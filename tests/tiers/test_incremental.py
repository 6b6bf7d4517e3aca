"""A refresh after an import leaves exactly what a full one would: the full one right after it writes nothing."""

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest

from customers.models import (
    Customer,
    MonthlySales,
    Observation,
    SalesDirty,
    Score,
    StandingState,
    TierDecision,
    TierDirty,
    TierRun,
)
from customers.tiers import actions, engine
from tests.tiers.making import add_months, dump, score, set_month, what_differs, world

AS_OF = date(2021, 12, 31)  # a Friday: no refresh here heals by the calendar
pytestmark = pytest.mark.django_db
INCREMENTAL = TierRun.Mode.INCREMENTAL


@pytest.fixture
def never_too_many(monkeypatch):
    """Let few customers show what many would: however many are touched, only those are looked at."""
    monkeypatch.setattr(engine, "FULL_FROM", 0)


def everything():
    return (
        dump("customers_tierstanding", "customer_id"),
        dump("customers_regiontier", "region_id, tier"),
        dump("customers_tierdecision", "id"),
    )


def assert_nothing_left_to_do(as_of=AS_OF):
    before = everything()
    again = actions.refresh(as_of=as_of, full=True)
    assert again.changed == 0
    assert everything() == before
    assert what_differs() == {}
    assert not SalesDirty.objects.exists()
    assert not TierDirty.objects.exists()


class Life:
    """Everything that can happen to customers between two refreshes, by chance."""

    def __init__(self, seed, regions, as_of=AS_OF):
        self.dice = random.Random(seed)
        self.regions = [regions.jiangsu, regions.zhejiang, regions.sichuan]
        self.as_of = as_of
        self.ids = list(Customer.objects.values_list("pk", flat=True))
        self.born = 0

    def happen(self, events):
        for _event in range(events):
            selling = [self.sell, self.sell, self.sell, self.tie]
            changing = [self.move, self.close, self.reopen, self.turn, self.see, self.be_born]
            self.dice.choice(selling + changing)()

    def someone(self):
        return self.dice.choice(self.ids)

    def month(self):
        return date(self.dice.choice([2019, 2020, 2021, 2021]), self.dice.randrange(1, 13), 1)

    def sell(self):
        cents = self.dice.choice([None, 0, -700_00, self.dice.randrange(1, 3_000_000_00)])
        set_month(self.someone(), self.month(), cents)

    def tie(self):
        """Sell exactly what the cut-off is, or a cent less."""
        cutoff = StandingState.objects.get(pk=1).cutoff or Decimal(5)
        customer = self.someone()
        MonthlySales.objects.filter(customer_id=customer, month__year=2021).delete()
        set_month(customer, self.month().replace(year=2021), int(cutoff * 100) - self.dice.choice([0, 0, 1]))

    def move(self):
        Customer.objects.filter(pk=self.someone()).update(region=self.dice.choice(self.regions))

    def close(self):
        if self.dice.random() < 0.5:
            day = self.as_of + timedelta(days=self.dice.randrange(-2, 3))
            Customer.objects.filter(pk=self.someone(), opened_on=None).update(closed_on=day)
        else:
            Customer.objects.filter(pk=self.someone()).update(state="closed")

    def reopen(self):
        Customer.objects.filter(pk=self.someone()).update(state="active", closed_on=None)

    def turn(self):
        Customer.objects.filter(pk=self.someone()).update(kind=self.dice.choice(["agent", "franchisee", "franchisee"]))

    def see(self):
        customer, trait = self.someone(), self.dice.choice(["cooperation", "loyalty"])
        day = self.as_of - timedelta(days=self.dice.randrange(-3, 740))
        Observation.objects.bulk_create(
            Observation(customer_id=customer, trait=trait, score=self.dice.choice([0, 69, 70, 100]), seen_on=day)
            for _one in range(self.dice.choice([1, 5]))
        )

    def be_born(self):
        self.born += 1
        row = Customer.objects.create(
            code=f"NEW{self.born}",
            name="新",
            kind=self.dice.choice(["agent", "franchisee"]),
            region=self.dice.choice(self.regions),
            opened_on=self.dice.choice([None, self.as_of, self.as_of + timedelta(days=2)]),
        )
        self.ids.append(row.pk)
        if self.dice.random() < 0.7:
            set_month(row.pk, self.month(), self.dice.randrange(1, 3_000_000_00))


@pytest.mark.parametrize("seed", range(12))
def test_whatever_happens_a_full_run_afterwards_writes_nothing(regions, policy, never_too_many, seed):
    world(seed, 60, regions, AS_OF)
    actions.refresh(as_of=AS_OF)
    life = Life(seed, regions)
    for events in (1, 3, 10, 40, 0):
        life.happen(events)
        run = actions.refresh(as_of=AS_OF)
        assert run.mode == INCREMENTAL
        assert_nothing_left_to_do()


@pytest.mark.parametrize("seed", range(4))
def test_days_that_pass_are_seen_without_working_out_everything(regions, policy, never_too_many, monkeypatch, seed):
    """Within a month the windows stand still: openings, closings and observations alone move with the day."""
    start = date(2021, 11, 29)  # Monday; W0 rolls over on the 30th
    world(seed, 60, regions, start)
    actions.refresh(as_of=start)
    refigured = []
    seen = engine._refigure
    monkeypatch.setattr(engine, "_refigure", lambda work: (refigured.append(work.depth), seen(work)))
    life = Life(seed, regions, start)
    depths = []
    for day in (30, 31, 32, 33, 34, 35, 58, 60, 61):
        as_of = start + timedelta(days=day - 29)
        life.happen(6)
        refigured.clear()
        actions.refresh(as_of=as_of)
        depths.append(refigured[0].name)
        assert_nothing_left_to_do(as_of)
    # 30 November moves the windows; 5 December is a Sunday; 31 December moves them again.
    assert depths == ["ALL", *["JUDGE_ALL"] * 4, "ALL", "JUDGE_ALL", "JUDGE_ALL", "ALL"]


def test_only_who_is_touched_or_between_the_cutoffs_is_examined(regions, policy, never_too_many):
    rows = [
        Customer.objects.create(code=f"F{n:02}", name=f"F{n}", kind="franchisee", region=regions.jiangsu)
        for n in range(1, 11)
    ]
    add_months([(row.pk, date(2021, 6, 1), n * 1000_00) for n, row in enumerate(rows, start=1)])
    first = actions.refresh(as_of=AS_OF)
    assert (first.ranked, first.k, first.cutoff, first.a, first.changed) == (10, 2, Decimal("9000.00"), 2, 10)
    # The fifth overtakes everybody: the cut-off rises to 10,000, who sold 9,000 falls out. Nobody else is looked at.
    set_month(rows[4].pk, date(2021, 6, 1), 50_000_00)
    second = actions.refresh(as_of=AS_OF)
    assert (second.mode, second.examined, second.changed) == (INCREMENTAL, 2, 2)
    assert (second.cutoff, second.a) == (Decimal("10000.00"), 2)
    found = TierDecision.objects.filter(run=second).order_by("customer_id")
    assert [(d.customer_id, d.previous_tier, d.tier, d.reason, d.rank, d.ranked, d.cutoff) for d in found] == [
        (rows[4].pk, "C", "A", "top_share", 1, 10, Decimal("10000.00")),
        (rows[8].pk, "A", "C", "not_yet_judgeable", 3, 10, Decimal("10000.00")),
    ]
    assert_nothing_left_to_do()


def test_a_shift_of_rank_alone_is_no_change(regions, policy, never_too_many):
    rows = [
        Customer.objects.create(code=f"F{n:02}", name=f"F{n}", kind="franchisee", region=regions.jiangsu)
        for n in range(1, 11)
    ]
    add_months([(row.pk, date(2021, 6, 1), n * 1000_00) for n, row in enumerate(rows, start=1)])
    actions.refresh(as_of=AS_OF)
    set_month(rows[1].pk, date(2021, 6, 1), 5500_00)
    run = actions.refresh(as_of=AS_OF)
    assert (run.examined, run.changed) == (1, 0)
    assert_nothing_left_to_do()


def test_more_than_one_in_twenty_touched_is_a_full_run(regions, policy):
    made = world(3, 100, regions, AS_OF)
    actions.refresh(as_of=AS_OF)
    few, many = list(made)[:5], list(made)[:6]
    for customer in few:
        set_month(customer, date(2021, 3, 1), 12_345)
    assert actions.refresh(as_of=AS_OF).mode == INCREMENTAL
    assert_nothing_left_to_do()
    for customer in many:
        set_month(customer, date(2021, 3, 1), 54_321)
    assert actions.refresh(as_of=AS_OF).mode == TierRun.Mode.FULL
    assert_nothing_left_to_do()


def test_a_customer_that_closes_leaves_the_result_with_a_decision(regions, policy, never_too_many):
    row = Customer.objects.create(code="F1", name="F", kind="franchisee", region=regions.jiangsu)
    add_months([(row.pk, date(2021, 6, 1), 100_00)])
    actions.refresh(as_of=AS_OF)
    Customer.objects.filter(pk=row.pk).update(state="closed", closed_on=AS_OF)
    run = actions.refresh(as_of=AS_OF)
    assert (run.a, run.b, run.c, run.ranked, run.cutoff) == (0, 0, 0, 0, None)
    last = TierDecision.objects.get(run=run)
    assert (last.previous_tier, last.tier, last.reason, last.rank, last.cutoff) == ("A", "", "not_open", None, None)
    assert_nothing_left_to_do()


def test_customers_and_scores_reach_the_outbox_whoever_writes_them(regions, policy):
    TierDirty.objects.all().delete()
    rows = Customer.objects.bulk_create(
        Customer(code=f"B{n}", name="B", kind="agent", region=regions.jiangsu) for n in range(3)
    )
    assert sorted(TierDirty.objects.values_list("customer_id", flat=True)) == sorted(row.pk for row in rows)
    TierDirty.objects.all().delete()
    Score.objects.create(**score(rows[1].pk, "loyalty", 500, AS_OF))
    Score.objects.create(**{**score(rows[2].pk, "loyalty", 500, AS_OF), "replay": True, "current": False})
    assert list(TierDirty.objects.values_list("customer_id", flat=True)) == [rows[1].pk]


def test_the_triggers_survive_every_migration(db):
    """SQLite drops them when a migration rebuilds their table; then `WatchTierFacts` is to be repeated."""
    from django.db import connection

    from customers.tiers.outbox import TRIGGERS

    catalog = "pg_trigger WHERE tgname" if connection.vendor == "postgresql" else "sqlite_master WHERE name"
    with connection.cursor() as cursor:
        for name in TRIGGERS:
            cursor.execute(f"SELECT count(*) FROM {catalog} = %s", [name])
            assert cursor.fetchone()[0] == 1, name
