"""Two runs at once, imports during a run, and a run killed in the middle; on a real PostgreSQL."""

import os
import subprocess
import sys
import threading
import time
from datetime import date

import pytest
from django.conf import settings
from django.db import connection, connections

from customers.models import Customer, SalesDirty, TierDecision, TierRun, TierStanding
from customers.tiers import actions, engine
from tests.tiers.making import dump, set_month, world

AS_OF = date(2021, 12, 31)
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.services,
    pytest.mark.skipif("postgres" not in os.environ.get("DATABASE_URL", ""), reason="needs PostgreSQL"),
]


def in_threads(*works):
    """Run them at once, each on its own connection; returns what they raised."""
    raised = []

    def carry(work):
        try:
            work()
        except Exception as error:  # noqa: BLE001 - shown by the test
            raised.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=carry, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def test_two_runs_at_once_decide_everybody_once(regions, policy):
    made = world(1, 300, regions, AS_OF)
    raised = in_threads(*[lambda: actions.refresh(as_of=AS_OF)] * 4)
    assert raised == []
    assert TierRun.objects.count() == 4
    assert sorted(TierRun.objects.values_list("changed", flat=True))[:3] == [0, 0, 0]
    decided = list(TierDecision.objects.values_list("customer_id", flat=True))
    assert len(decided) == len(set(decided)) == TierStanding.objects.exclude(tier="").count()
    assert TierStanding.objects.count() == len(made)


def test_an_import_during_a_run_is_not_lost(regions, policy, monkeypatch):
    """It commits after the run has emptied the outbox and read the sums: the next refresh sees it."""
    made = world(2, 200, regions, AS_OF)
    actions.refresh(as_of=AS_OF)
    customer = next(c for c, one in made.items() if not one["agent"] and TierStanding.objects.get(pk=c).tier == "C")
    judge = engine._judge
    reached, imported = threading.Event(), threading.Event()

    def wait_for_the_import(work):
        reached.set()
        assert imported.wait(20)
        judge(work)

    monkeypatch.setattr(engine, "_judge", wait_for_the_import)

    def import_sales():
        assert reached.wait(20)
        set_month(customer, date(2021, 3, 1), 9_000_000_00)
        imported.set()

    assert in_threads(lambda: actions.refresh(as_of=AS_OF), import_sales) == []
    monkeypatch.undo()
    assert list(SalesDirty.objects.values_list("customer_id", flat=True)) == [customer]
    assert actions.refresh(as_of=AS_OF).changed >= 1
    assert TierStanding.objects.get(pk=customer).tier == "A"
    assert actions.refresh(as_of=AS_OF, full=True).changed == 0


def test_imports_and_runs_at_once_end_where_a_full_run_would(regions, policy):
    made = list(world(3, 300, regions, AS_OF))
    actions.refresh(as_of=AS_OF)

    def sell(part):
        for n, customer in enumerate(made[part::10]):
            set_month(customer, date(2021, 1 + n % 12, 1), 1_000_00 * (n + part))

    def run():
        for _time in range(6):
            actions.refresh(as_of=AS_OF)

    assert in_threads(lambda: sell(1), lambda: sell(2), lambda: sell(3), run, run) == []
    actions.refresh(as_of=AS_OF)
    before = dump("customers_tierstanding", "customer_id"), dump("customers_regiontier", "region_id, tier")
    assert actions.refresh(as_of=AS_OF, full=True).changed == 0
    assert (dump("customers_tierstanding", "customer_id"), dump("customers_regiontier", "region_id, tier")) == before


KILLED = """
import django
django.setup()
from datetime import date
from customers.tiers import actions, engine

write = engine.ledger.write

def write_and_wait(cursor, **values):
    write(cursor, **values)
    print("written", flush=True)
    import time
    time.sleep(60)

engine.ledger.write = write_and_wait
actions.refresh(as_of=date(2021, 12, 31))
"""


def test_a_run_killed_in_the_middle_leaves_nothing_and_no_lock(regions, policy):
    world(4, 200, regions, AS_OF)
    tables = ("customers_tierstanding", "customers_tierdecision", "customers_tierrun", "customers_regiontier")
    dirty = dump("customers_tierdirty", "id")
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "crm.settings", "DATABASE_URL": _address()}
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED], cwd=settings.BASE_DIR, env=env, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout.readline() == "written\n"
    finally:
        process.kill()
        process.wait()
    for table in tables:
        assert dump(table, "1") == []
    assert dump("customers_tierdirty", "id") == dirty
    began = time.monotonic()
    run = actions.refresh(as_of=AS_OF)
    assert time.monotonic() - began < 10
    assert run.changed == TierDecision.objects.count() == TierStanding.objects.exclude(tier="").count()
    assert Customer.objects.count() == 200


def _address():
    """The test database, as an address for another process."""
    base, _slash, _name = os.environ["DATABASE_URL"].rpartition("/")
    return f"{base}/{connection.settings_dict['NAME']}"
