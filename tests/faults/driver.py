"""A process that asks for jobs and looks at the database while others are being killed.

Reads one JSON list a line, [function name, arguments …], and answers one JSON value a line.
"""

from __future__ import annotations

import json
import sys

import django

django.setup()

from django.core.files.base import ContentFile  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import Count, Sum  # noqa: E402

from crm.accounts.actions import create_user  # noqa: E402
from crm.accounts.models import Region, User  # noqa: E402
from crm.audit.models import AuditEntry  # noqa: E402
from crm.imports import actions as imports  # noqa: E402
from crm.imports.models import ImportRun  # noqa: E402
from crm.jobs.actions import enqueue as ask  # noqa: E402
from crm.jobs.models import Job  # noqa: E402
from customers.models import Customer, MonthlySales, SaleLine, TierDecision, TierRun  # noqa: E402

FIRST_MONTH = "2023-01-01"


def seed(shops: int, ranked: int) -> dict:
    """An administrator, `shops` customers for imports (S0001 …), `ranked` with 36 months of sales for tiers."""
    create_user(username="ada", role="admin", password="a-long-password-9", email="ada@qiao.test")
    region = Region.objects.get(parent=None)
    numbered = [(f"S{n:04d}", "franchisee") for n in range(1, shops + 1)]
    numbered += [(f"R{n:05d}", "agent" if n % 50 == 0 else "franchisee") for n in range(1, ranked + 1)]
    rows = [Customer(code=code, name=f"Shop {code}", kind=kind, region=region) for code, kind in numbered]
    Customer.objects.bulk_create(rows, batch_size=2000)
    if ranked:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO customers_monthlysales (customer_id, month, gross, returns, net, units, orders, days)"
                " SELECT c.id, m, v, 0, v, 0, 0, 25 FROM customers_customer c"
                " CROSS JOIN generate_series(CAST(%s AS date), CAST(%s AS date) + interval '35 months', '1 month') m"
                " CROSS JOIN LATERAL (SELECT (c.id * 7919 + extract(month FROM m)::int * 104729) %% 900001 AS v) w"
                " WHERE c.code LIKE 'R%%'",
                [FIRST_MONTH, FIRST_MONTH],
            )
            cursor.execute("ANALYZE")
    return {"customers": Customer.objects.count(), "months": MonthlySales.objects.count()}


def upload(name: str, path: str) -> dict:
    """Upload a sales file and start it, as the page does; returns the ids of run and job."""
    ada = User.objects.get(username="ada")
    with open(path, "rb") as handle:
        run = imports.upload(kind="sales", file=ContentFile(handle.read()), name=name, by=ada)
    run = imports.start(run=run, by=ada)
    return {"run": run.pk, "job": run.job_id}


def enqueue(kind: str, values: dict) -> int:
    return ask(kind=kind, input=values, asked_by=User.objects.get(username="ada")).pk


def job(pk: int) -> dict:
    fields = ("state", "attempts", "fence", "error", "result", "done_units")
    return Job.objects.values(*fields).get(pk=pk)


def unfinished() -> int:
    return Job.objects.exclude(state="done").count()


def ledger() -> dict:
    """What the imports did, by every count that could show a part or a double."""
    lines = SaleLine.objects.aggregate(rows=Count("pk"), gross=Sum("gross"))
    months = MonthlySales.objects.filter(customer__code__startswith="S").aggregate(net=Sum("net"))
    return {
        "rows": lines["rows"],
        "live": SaleLine.objects.live().count(),
        "gross": str(lines["gross"] or 0),
        "months": str(months["net"] or 0),
        "done": ImportRun.objects.filter(state="done").count(),
        "audited": AuditEntry.objects.filter(action="import.done").count(),
    }


def rows_of(run: int) -> int:
    return SaleLine.objects.filter(run_id=run).count()


def tiers() -> dict:
    doubled = TierDecision.objects.values("run", "customer").annotate(n=Count("pk")).filter(n__gt=1)
    return {
        "runs": TierRun.objects.count(),
        "decisions": TierDecision.objects.count(),
        "doubled": doubled.count(),
        "counts": list(TierRun.objects.order_by("pk").values_list("a", "b", "c")),
    }


def stop_when_blocked() -> None:
    """Cut every connection to this database but our own, as an administrator or a restart would."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def main() -> None:
    known = {f.__name__: f for f in (seed, upload, enqueue, job, unfinished, ledger, rows_of, tiers, stop_when_blocked)}
    for line in sys.stdin:
        name, *arguments = json.loads(line)
        try:
            answer = {"answer": known[name](*arguments)}
        except Exception as error:  # noqa: BLE001 - told to the test, which fails with it
            answer = {"error": f"{type(error).__name__}: {error}"}
            connection.close()
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
