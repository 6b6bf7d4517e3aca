"""Taking an import back: exactly what was before, or nothing."""

from __future__ import annotations

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from crm.audit.models import AuditEntry
from crm.imports.actions import import_file, undo
from crm.imports.models import ImportRun
from customers.models import Customer, Responsibility, SaleLine, TierDecision
from customers.profile.actions import change_customer

HEADER = ["code", "name", "kind", "phone", "lat", "lon", "datum", "opened_on", "upstream", "manager", "region"]
FIRST = [
    ["1", "One", "agent", "123", "30.1", "120.1", "bd09", "2019-01-02", "", "tao", "EAST"],
    ["2", "Two", "franchisee", "", "", "", "", "", "1", "", "JIANGSU"],
]
SECOND = [
    ["1", "Uno", "franchisee", "", "31.5", "121.25", "gcj02", "", "3", "美", "ZHEJIANG"],
    ["2", "Two", "franchisee", "", "", "", "", "", "", "", "JIANGSU"],
    ["3", "Three", "agent", "", "", "", "", "", "", "lin", "WEST"],
]
BOOKKEEPING = ("version", "updated_at")


def bring(path, **kwargs) -> ImportRun:
    return import_file(kind="customers", path=path, **kwargs)


def picture() -> list:
    """Every customer and every charge, but for the counter of versions and the moment of the last change."""
    rows = [{k: v for k, v in row.items() if k not in BOOKKEEPING} for row in Customer.objects.order_by("pk").values()]
    return [rows, list(Responsibility.objects.order_by("pk").values())]


@pytest.fixture
def stand(a_file, cast):
    """Two customers that were there before; Tao has been in charge of the first for a month."""
    bring(a_file(FIRST, HEADER))
    since = timezone.localdate() - datetime.timedelta(days=30)
    Responsibility.objects.update(since=since)


def test_an_undo_restores_every_field_and_removes_what_was_new(stand, a_file, cast):
    before = picture()
    run = bring(a_file(SECOND, HEADER), by=cast.ada)
    assert (run.created, run.updated, run.unchanged) == (1, 2, 0)
    assert picture() != before
    assert undo(run=run, by=cast.ada) == {"removed": 1, "restored": 2}
    assert picture() == before
    run.refresh_from_db()
    assert (run.state, run.undone_by) == (ImportRun.State.UNDONE, cast.ada)


def test_an_undo_gives_back_a_charge_of_the_same_day(a_file, cast):
    bring(a_file(FIRST, HEADER))
    before = picture()
    run = bring(a_file([["1", "mei"]], ["code", "manager"]))
    assert Responsibility.objects.get().user == cast.mei
    undo(run=run)
    assert picture() == before


def test_undone_imports_are_audited_row_by_row(stand, a_file, cast):
    run = bring(a_file(SECOND, HEADER))
    last = AuditEntry.objects.order_by("-pk").first().pk
    undo(run=run, by=cast.ada)
    entries = AuditEntry.objects.filter(pk__gt=last).order_by("pk")
    assert sorted((e.action, e.object_name) for e in entries) == [
        ("customer.change", "One"),
        ("customer.change", "Two"),
        ("customer.remove", "Three"),
        ("import.undo", "file.csv"),
    ]
    changed = entries.get(object_name="One").changes
    assert changed["name"] == ["Uno", "One"]
    assert changed["upstream"] == ["3", None]


def test_the_versions_go_up_so_that_open_pages_cannot_save_over_the_undo(stand, a_file):
    assert Customer.objects.get(code="1").version == 1
    undo(run=bring(a_file(SECOND, HEADER)))
    assert Customer.objects.get(code="1").version == 3


def test_a_later_change_by_hand_to_the_same_field_forbids_the_undo(stand, a_file, cast):
    run = bring(a_file(SECOND, HEADER))
    change_customer(customer=Customer.objects.get(code="1"), by=cast.ada, name="Eins")
    before = picture()
    with pytest.raises(ValidationError, match=r"1 customer of this import was changed later \(1\)"):
        undo(run=run)
    assert picture() == before
    assert ImportRun.objects.get(pk=run.pk).state == ImportRun.State.DONE


def test_a_later_change_to_another_field_stands_and_the_rest_is_undone(stand, a_file, cast):
    run = bring(a_file([["1", "Uno"]], ["code", "name"]))
    change_customer(customer=Customer.objects.get(code="1"), by=cast.ada, address="Street 1")
    undo(run=run)
    one = Customer.objects.get(code="1")
    assert (one.name, one.address) == ("One", "Street 1")


def test_a_later_import_of_the_same_field_must_be_undone_first(stand, a_file):
    before = picture()
    first = bring(a_file([["1", "Uno"]], ["code", "name"]))
    second = bring(a_file([["1", "Eins"]], ["code", "name"]))
    with pytest.raises(ValidationError):
        undo(run=first)
    undo(run=second)
    undo(run=first)
    assert picture() == before


def test_sales_forbid_to_take_their_customers_back_until_they_are_undone(a_file, regions):
    customers = bring(a_file([["1", "One", "agent"]]))
    sales = import_file(
        kind="sales", path=a_file([["1", "2024-01-02", "10.00"]], ["customer_code", "date", "amount"], name="s.csv")
    )
    assert sales.created == 1
    with pytest.raises(ValidationError, match="Something stands on customers of this import"):
        undo(run=customers)
    assert Customer.objects.count() == 1
    undo(run=sales)
    assert undo(run=customers) == {"removed": 1, "restored": 0}
    assert not Customer.objects.exists() and not SaleLine.objects.exists()


def test_tier_decisions_go_with_the_customers_they_were_worked_out_from(a_file, regions, policy):
    from customers.tiers.actions import refresh

    run = bring(a_file([["1", "One", "agent"]]))
    refresh()
    assert TierDecision.objects.count() == 1
    assert undo(run=run) == {"removed": 1, "restored": 0}
    assert not TierDecision.objects.exists()
    with pytest.raises(Exception, match="append-only"):  # the ledger is closed again
        _one_more_decision(a_file).delete()


def _one_more_decision(a_file):
    from customers.tiers.actions import refresh

    bring(a_file([["9", "Nine", "agent"]]))
    refresh()
    return TierDecision.objects.all()


def test_a_downstream_customer_made_by_hand_forbids_the_undo(a_file, regions):
    run = bring(a_file([["1", "One", "agent"], ["2", "Two", "agent"]]))
    later = Customer.objects.create(code="3", name="C", kind="agent", region=regions.east)
    Customer.objects.filter(pk=later.pk).update(upstream=Customer.objects.get(code="1"))
    with pytest.raises(ValidationError, match="1"):
        undo(run=run)
    assert Customer.objects.count() == 3


def test_only_an_import_that_stands_can_be_undone(a_file, regions):
    path = a_file([["1", "One", "agent"], ["2", "", ""]])
    refused = bring(path)
    with pytest.raises(ValidationError, match="Only an import that was written can be undone"):
        undo(run=refused)
    run = bring(path, partial=True)
    undo(run=run)
    with pytest.raises(ValidationError, match="undone already"):
        undo(run=run)
