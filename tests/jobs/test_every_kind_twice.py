"""Every kind of job is run twice on the same input, and the second time changes nothing.

That is what happens after a crash between the effect and the word of it, or when a message comes twice. The list is
made from the registry: a new kind without a recipe here fails.
"""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection

from crm.imports import actions as imports
from crm.imports.models import ImportRun
from crm.jobs import runner
from crm.jobs.actions import enqueue
from crm.jobs.kinds import registry
from crm.jobs.models import Job
from customers.models import Customer, TierRun
from tests.jobs.recipes import DIARY, RECIPES, SALES, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(cast, regions, policy):
    """Four customers with some sales, and Mei's people."""
    for number, kind in enumerate(["franchisee", "franchisee", "franchisee", "agent"], start=1):
        Customer.objects.create(code=f"K{number}", name=f"Shop {number}", kind=kind, region=regions.jiangsu)
    run = imports.upload(kind="sales", file=ContentFile(SALES.encode()), name="first.csv", by=cast.ada)
    imports.start(run=run, by=cast.ada)
    assert runner.drain() >= 1
    assert ImportRun.objects.get(pk=run.pk).state == "done"
    return cast


def everything(kind: str) -> dict[str, list]:
    """All rows of all our tables but the job's own, without the diary of this kind; and the files that are kept."""
    diary = DIARY.get(kind, set())
    found: dict[str, list] = {"files": sorted(files())}
    for model in apps.get_models():
        table = model._meta.db_table
        if model is Job or model._meta.app_label in ("sessions", "admin") or (table, "*") in diary:
            continue
        columns = [f.column for f in model._meta.concrete_fields if (table, f.column) not in diary]
        if columns:
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT {', '.join(connection.ops.quote_name(name) for name in columns)} FROM {table}")
                found[table] = sorted(repr(tuple(map(plain, row))) for row in cursor.fetchall())
    return found


def plain(value):
    """PostgreSQL's driver gives bytes as a view of memory, whose words tell only where it lies."""
    return bytes(value) if isinstance(value, memoryview) else value


def files() -> list[str]:
    found = []
    for folder in ("imports", "exports", "files", "papers"):
        if default_storage.exists(folder):
            found += [f"{folder}/{name}" for name in default_storage.listdir(folder)[1]]
    return found


@pytest.mark.parametrize("kind", sorted(registry()))
def test_running_it_twice_changes_nothing_more(kind, company):
    assert kind in RECIPES, f"write a recipe for {kind}: the job must be run twice"
    job = RECIPES[kind](company)
    assert job.kind == kind
    before = everything(kind)
    first = runner.run_here(job)
    assert (first.state, first.error) == ("done", "")
    after = everything(kind)
    if kind not in ("tiers.refresh", "tiers.run"):
        assert after != before, "the recipe must give the job something to do"
    others = Job.objects.count()
    Job.objects.filter(pk=job.pk).update(state=Job.State.QUEUED, finished_at=None, lease_until=None)
    second = runner.run_here(job)
    assert (second.state, second.error) == ("done", "")
    assert second.attempts == 2
    assert everything(kind) == after
    assert Job.objects.count() == others


def test_there_is_no_recipe_for_a_kind_that_is_gone():
    assert sorted(RECIPES) == sorted(registry())


def test_a_second_tier_run_on_the_same_facts_decides_nothing_new(company):
    Customer.objects.filter(code="K1").update(name="Another name")
    first = runner.run_here(enqueue(kind="tiers.refresh", input={"full": True}))
    second = runner.run_here(enqueue(kind="tiers.refresh", input={"full": True}))
    assert second.result["changed"] == 0
    assert {tier: second.result[tier] for tier in "ABC"} == {tier: first.result[tier] for tier in "ABC"}
    assert TierRun.objects.latest("pk").changed == 0


def test_the_ledger_of_the_recipes_is_what_their_files_say(company):
    from customers.models import SaleLine

    runner.run_here(write(company))
    found = SaleLine.objects.live().order_by("customer__code", "sold_on").values_list("customer__code", "gross")
    assert list(found) == [
        ("K1", Decimal("130.50")),
        ("K1", Decimal("99.99")),
        ("K2", Decimal("80.00")),
        ("K2", Decimal("10.00")),
    ]
