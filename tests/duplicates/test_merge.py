"""A merge moves everything, and its undo brings back the exact earlier state."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection

from crm.audit.models import AuditEntry
from crm.jobs import runner
from crm.merging import owned_columns, rules, unruled
from customers.duplicates import actions, merging
from customers.models import (
    Customer,
    DuplicatePair,
    Fact,
    Merge,
    MergedCustomer,
    MonthlySales,
    Observation,
    Responsibility,
    SaleLine,
    SaleSum,
    TierDecision,
    TierStanding,
)
from customers.sales.monthly import rebuild
from customers.tiers.actions import refresh
from tests.duplicates.company import build, checksums, sell

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(cast, regions, policy):
    return build(cast, regions)


def net(customer_id) -> Decimal:
    return sum((line.net for line in SaleLine.objects.live().filter(customer_id=customer_id)), Decimal(0))


def integrity_holds() -> bool:
    with pytest.raises(SystemExit) as over:
        call_command("check_integrity")
    return over.value.code == 0


def unlike(before, after) -> list[str]:
    return [label for label in before if before[label] != after[label]]


def test_every_table_of_customers_has_a_rule():
    assert unruled(Customer) == []
    assert ("customers.SaleLine", "customer_id") in owned_columns(Customer)
    assert ("customers.TierDirty", "customer_id") in owned_columns(Customer)


def test_a_table_without_a_rule_is_named(monkeypatch):
    kept = tuple(rule for rule in rules() if rule.model != "customers.Observation")
    monkeypatch.setattr("crm.merging.rules", lambda: kept)
    assert unruled(Customer) == ["customers.Observation.customer_id"]


def test_everything_of_the_one_that_goes_is_the_survivors(cast, pair):
    stays, goes, below = pair
    total = net(stays.pk) + net(goes.pk)
    lines = SaleLine.objects.filter(customer__in=[stays, goes]).count()
    seen = Observation.objects.filter(customer__in=[stays, goes]).count()
    mine = set(SaleLine.objects.live().filter(customer=stays).values_list("sold_on", flat=True))
    common = SaleLine.objects.live().filter(customer=goes, sold_on__in=mine).count()
    assert common > 5
    made = actions.merge(survivor=stays, loser=goes, take=["address", "upstream"], by=cast.mei)
    assert made.state == "done"
    assert not Customer.objects.filter(pk=goes.pk).exists()
    assert net(stays.pk) == total
    assert SaleLine.objects.filter(customer=stays).count() == lines + common
    assert Observation.objects.filter(customer=stays).count() == seen
    below.refresh_from_db()
    stays.refresh_from_db()
    assert below.upstream_id == stays.pk
    assert (stays.address, stays.upstream.code, stays.code, stays.version) == ("中山路1号", "AG", "S1", 2)
    assert not DuplicatePair.objects.filter(second_id=goes.pk).exists()
    told = MergedCustomer.objects.get()
    assert (told.old_id, told.code, told.survivor_id) == (goes.pk, "S2", stays.pk)
    for one in SaleLine.objects.live().filter(pk__in=SaleSum.objects.values("line_id")):
        parts = SaleLine.objects.filter(pk__in=SaleSum.objects.filter(line_id=one.pk).values("part_id"))
        assert [part.live for part in parts] == [False, False]
        assert one.gross == sum(part.gross for part in parts)
        assert one.returns == sum(part.returns for part in parts)
        known = [part.units for part in parts if part.units is not None]
        assert one.units == (sum(known) if known else None)
        assert one.sold_on == parts[0].sold_on == parts[1].sold_on


def test_sums_by_month_are_those_of_the_ledger_after_a_merge_and_an_undo(cast, pair):
    stays, goes, _below = pair
    for act in (
        lambda: actions.merge(survivor=stays, loser=goes, take=["region"], by=cast.mei),
        lambda: actions.undo(merge=Merge.objects.get(), by=cast.mei),
    ):
        act()
        kept = checksums()
        rebuild()
        again = checksums()
        assert kept["customers.MonthlySales"] == again["customers.MonthlySales"]
        assert kept["customers.RegionMonth"].split()[1] == again["customers.RegionMonth"].split()[1]
        assert kept["customers.RegionMonth"] == again["customers.RegionMonth"]


@pytest.mark.parametrize("seed", range(1, 7))
def test_an_undo_brings_back_the_exact_earlier_state(cast, regions, policy, seed):
    """By checksum of every table, over companies of different make, whichever of the two stays."""
    stays, goes, _below = build(cast, regions, seed=seed, days=20 * seed)
    if seed % 2:
        stays, goes = goes, stays
    take = [[], ["name", "phone", "position"], ["region", "upstream"], list(actions.TAKEABLE)][seed % 4]
    before = checksums()
    made = actions.merge(survivor=stays, loser=goes, take=take, by=cast.ada)
    assert {"customers.SaleLine", "customers.Observation", "customers.Responsibility"} < set(
        unlike(before, checksums())
    )
    actions.undo(merge=made, by=cast.ada)
    assert unlike(before, checksums()) == []
    made.refresh_from_db()
    assert (made.state, made.undone_by) == ("undone", cast.ada)


def test_an_undo_after_the_tiers_have_followed(cast, pair):
    """The ledger of decisions keeps what was decided between; standing and counters come back with the next refresh."""
    stays, goes, _below = pair
    day = date(2026, 6, 30)
    before = checksums()
    standing = list(TierStanding.objects.order_by("pk").values("pk", "tier", "reason", "w0", "region_id"))
    decisions = set(TierDecision.objects.values_list("pk", flat=True))
    made = actions.merge(survivor=stays, loser=goes, by=cast.mei)
    refresh(as_of=day)
    assert TierStanding.objects.count() == len(standing) - 1
    assert TierStanding.objects.get(pk=stays.pk).w0 > 0
    actions.undo(merge=made, by=cast.mei)
    refresh(as_of=day)
    assert list(TierStanding.objects.order_by("pk").values("pk", "tier", "reason", "w0", "region_id")) == standing
    assert decisions <= set(TierDecision.objects.values_list("pk", flat=True))
    after = checksums()
    assert before["customers.RegionTier"] == after["customers.RegionTier"]
    assert before["customers.SaleLine"] == after["customers.SaleLine"]
    assert integrity_holds()


def test_the_database_agrees_with_itself_after_a_merge(cast, pair):
    stays, goes, _below = pair
    actions.merge(survivor=stays, loser=goes, by=cast.mei)
    runner.drain()
    refresh(as_of=date(2026, 6, 30), full=True)
    assert integrity_holds()


def test_an_undo_is_refused_where_a_row_has_changed_since_and_says_which(cast, pair):
    stays, goes, _below = pair
    made = actions.merge(survivor=stays, loser=goes, by=cast.mei)
    day = SaleLine.objects.live().filter(pk__in=SaleSum.objects.values("line_id")).latest("sold_on").sold_on
    sell([("S1", day, 1, None, None)])
    before = checksums()
    with pytest.raises(ValidationError) as refused:
        actions.undo(merge=made, by=cast.mei)
    assert refused.value.code == "changed"
    moved = actions.what_stands_in_the_way(made)
    assert [(one.model, one.what, one.columns) for one in moved] == [(SaleLine, "changed", ("live",))]
    assert checksums() == before


def test_new_rows_of_the_survivor_stay_with_it(cast, pair):
    stays, goes, _below = pair
    made = actions.merge(survivor=stays, loser=goes, by=cast.mei)
    sell([("S1", date(2026, 7, 1), 7, None, None)])
    actions.undo(merge=made, by=cast.mei)
    assert SaleLine.objects.get(sold_on=date(2026, 7, 1)).customer_id == stays.pk
    assert MonthlySales.objects.get(month=date(2026, 7, 1)).customer_id == stays.pk


def test_an_import_cannot_be_undone_over_a_merge(cast, pair):
    """Its lines are part of sums: first the merge, then the import."""
    from crm.imports import actions as imports
    from crm.imports.models import ImportRun

    stays, goes, _below = pair
    actions.merge(survivor=stays, loser=goes, by=cast.ada)
    sums = ImportRun.objects.latest("pk")
    for run in (sums, ImportRun.objects.order_by("pk")[1]):
        before = checksums()
        with pytest.raises(ValidationError):
            imports.undo(run=run, by=cast.ada)
        assert checksums() == before


def test_responsibilities_go_along_without_two_at_once(cast, pair):
    stays, goes, _below = pair
    actions.merge(survivor=stays, loser=goes, by=cast.mei)
    held = Responsibility.objects.filter(customer=stays)
    assert held.count() == 4
    assert held.filter(until__isnull=True).count() == 1


def test_of_two_facts_in_force_the_later_one_stays_so(cast, pair):
    stays, goes, _below = pair
    actions.merge(survivor=stays, loser=goes, by=cast.mei)
    held = Fact.objects.filter(customer=stays)
    assert held.count() == 5
    assert dict(held.current().values_list("field", "value")) == {
        "shop_area": "80",
        "staff": "3",
        "licence_number": "91330100MA2H",
    }


def test_two_merges_come_back_in_turn(cast, pair, regions):
    """The survivor of one goes into a third: the first cannot be undone before the second."""
    stays, goes, _below = pair
    third = Customer.objects.get(code="O1")
    before = checksums()
    first = actions.merge(survivor=stays, loser=goes, by=cast.ada)
    between = checksums()
    second = actions.merge(survivor=third, loser=stays, by=cast.ada)
    assert set(MergedCustomer.objects.values_list("code", "survivor_id")) == {("S1", third.pk), ("S2", third.pk)}
    with pytest.raises(ValidationError) as refused:
        actions.undo(merge=first, by=cast.ada)
    assert refused.value.code == "later"
    actions.undo(merge=second, by=cast.ada)
    assert unlike(between, checksums()) == []
    actions.undo(merge=first, by=cast.ada)
    assert unlike(before, checksums()) == []


def test_who_comes_second_is_refused(cast, pair):
    stays, goes, _below = pair
    actions.merge(survivor=stays, loser=goes, by=cast.mei)
    with pytest.raises(ValidationError) as refused:
        actions.merge(survivor=stays, loser=goes, by=cast.mei)
    assert refused.value.code == "gone"
    made = Merge.objects.get()
    actions.undo(merge=made, by=cast.mei)
    with pytest.raises(ValidationError) as refused:
        actions.undo(merge=made, by=cast.mei)
    assert refused.value.code == "state"


@pytest.mark.parametrize("who", ["lin", "ana", "tao"])
def test_only_who_may_change_both_may_merge(cast, pair, who):
    stays, _goes, below = pair
    before = checksums()
    with pytest.raises(ValidationError) as refused:
        actions.merge(survivor=stays, loser=below, by=getattr(cast, who))
    assert refused.value.code == "reach"
    assert checksums() == before


def test_a_loop_in_the_channel_is_refused(cast, pair):
    stays, goes, below = pair
    Customer.objects.filter(pk=stays.pk).update(upstream=below)  # goes > below > stays
    before = checksums()
    with pytest.raises(ValidationError) as refused:
        actions.merge(survivor=stays, loser=goes, by=cast.ada)
    assert refused.value.code == "loop"
    assert checksums() == before


def test_what_the_other_supplied_directly(cast, pair):
    """below is supplied by goes: merged with it, it is supplied by whoever supplied goes."""
    _stays, goes, below = pair
    before = checksums()
    made = actions.merge(survivor=below, loser=goes, by=cast.ada)
    below.refresh_from_db()
    assert below.upstream.code == "AG"
    actions.undo(merge=made, by=cast.ada)
    assert unlike(before, checksums()) == []


def test_a_large_one_is_a_job(cast, pair, monkeypatch):
    stays, goes, _below = pair
    monkeypatch.setattr(actions, "LARGE", 10)
    before = checksums()
    made = actions.merge(survivor=stays, loser=goes, by=cast.mei)
    assert (made.state, made.job.kind) == ("waiting", "customers.merge")
    assert unlike(before, checksums()) == []
    runner.run_here(made.job)
    made.refresh_from_db()
    assert made.state == "done"
    actions.undo(merge=made, by=cast.mei)
    made.refresh_from_db()
    assert made.job.kind == "customers.unmerge"
    runner.run_here(made.job)
    made.refresh_from_db()
    assert made.state == "undone"
    assert unlike(before, checksums()) == []


def test_the_log_says_who_merged_what(cast, pair):
    stays, goes, _below = pair
    theirs = SaleLine.objects.filter(customer=goes).count()
    made = actions.merge(survivor=stays, loser=goes, by=cast.mei, reason="同一家店")
    assert made.moved["customers.SaleLine"] == theirs
    entry = AuditEntry.objects.get(action="customer.merge")
    assert (entry.object_id, entry.changes["merged"], entry.reason) == (str(stays.pk), ["S2", "S1"], "同一家店")
    assert AuditEntry.objects.get(action="customer.merged").object_id == str(goes.pk)
    assert entry.changes["rows"] == sum(made.moved.values())


def test_what_will_move_is_counted_in_one_statement(pair, django_assert_num_queries):
    stays, goes, _below = pair
    with django_assert_num_queries(1):
        found = {model.__name__: (a, b) for model, a, b in merging.counts(stays.pk, goes.pk)}
    assert found["SaleLine"][1] == SaleLine.objects.filter(customer=goes).count()
    assert found["Observation"] == (
        Observation.objects.filter(customer=stays).count(),
        Observation.objects.filter(customer=goes).count(),
    )
    assert found["Customer"] == (0, 1)


def test_the_triggers_are_back_after_a_merge(cast, pair):
    from django.db import DatabaseError, transaction

    stays, goes, below = pair
    actions.merge(survivor=stays, loser=goes, by=cast.mei)
    for statement in (
        f"UPDATE customers_saleline SET customer_id = {below.pk}",
        "DELETE FROM customers_saleline",
        "UPDATE customers_observation SET score = 1",
        "DELETE FROM customers_tierdecision",
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_tier_set_by_hand_goes_with_its_customer_and_comes_back(cast, pair):
    from customers.models import TierOverride

    stays, goes, _below = pair
    day = date(2026, 6, 30)
    for row, tier in ((stays, "B"), (goes, "A")):
        TierOverride.objects.create(
            customer=row, tier=tier, reason="a good reason", since=day, until=day, state="in_force", decided_by=cast.ada
        )
    refresh(as_of=day)
    assert set(TierStanding.objects.filter(reason="override").values_list("tier", flat=True)) == {"A", "B"}
    made = actions.merge(survivor=stays, loser=goes, by=cast.mei)
    refresh(as_of=day)
    assert list(TierOverride.objects.values_list("customer", "tier")) == [(stays.pk, "B")]
    assert TierStanding.objects.get(pk=stays.pk).tier == "B"
    assert integrity_holds()
    actions.undo(merge=made, by=cast.mei)
    refresh(as_of=day)
    assert TierStanding.objects.get(pk=goes.pk).tier == "A"
    assert integrity_holds()
