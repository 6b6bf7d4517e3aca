"""One promotion with many customers: asking them, its board, many at once, measuring it; at two sizes.

    python -m benchmarks.rollout --customers 50000 --sqlite

Statements are those of a page asked for again, of a page of 1,000 customers asked or of a chunk of those measured;
memory is what the process at most held more than when the step began. Each size runs in a process of its own.
"""

from __future__ import annotations

import argparse
import datetime
import json
import resource
import statistics
import subprocess
import sys
import time
from decimal import Decimal

from benchmarks.scratch import Scratch

ROUNDS = 15
WEEKS = 62


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=10_000, help="customers in the promotion (default 10000)")
    parser.add_argument("--against", type=int, help="the smaller size (default a tenth)")
    parser.add_argument("--sqlite", action="store_true", help="SQLite in a temporary folder instead of PostgreSQL")
    parser.add_argument("--server", help="URL of the PostgreSQL server (default: DATABASE_URL)")
    parser.add_argument("--alone", action="store_true", help="this size only, one JSON object on standard output")
    options = parser.parse_args()
    if options.alone:
        print(json.dumps(measure(options)))
        return 0
    small = options.against or max(1000, options.customers // 10)
    show(_apart(options, small), _apart(options, options.customers), small, options.customers)
    return 0


def _apart(options, customers: int) -> dict:
    command = [sys.executable, "-m", "benchmarks.rollout", "--alone", "--customers", str(customers)]
    command += [*(["--sqlite"] if options.sqlite else []), *(["--server", options.server] if options.server else [])]
    print(f"measuring {customers:,} customers", file=sys.stderr, flush=True)
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def show(few: dict, many: dict, small: int, large: int) -> None:
    print(f"{'':34}{small:>22,}{large:>22,}")
    print(f"{'':34}{'seconds  stmts   MB':>22}{'seconds  stmts   MB':>22}  ratio of seconds")
    for name, was in few.items():
        now = many[name]
        cells = "".join(f"{one['seconds']:>10.3f}{one['statements']:>7}{one['mb']:>5.0f}" for one in (was, now))
        print(f"{name:34}{cells}{now['seconds'] / max(was['seconds'], 1e-6):>10.1f}")


class Step:
    """Seconds, statements and memory of what happens inside."""

    def __enter__(self) -> Step:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        self.seen = CaptureQueriesContext(connection)
        self.seen.__enter__()
        self.before, self.began = peak(), time.perf_counter()
        return self

    def __exit__(self, *error) -> None:
        self.seconds = time.perf_counter() - self.began
        self.mb = peak() - self.before
        self.seen.__exit__(*error)
        self.statements = len(self.seen)

    def told(self) -> dict:
        return {"seconds": self.seconds, "statements": self.statements, "mb": self.mb}


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(options) -> dict:
    with Scratch("rollout", sqlite=options.sqlite, server=options.server):
        from django.conf import settings

        from benchmarks import data

        settings.ALLOWED_HOSTS = ["testserver"]
        data.make_regions()
        data.make_customers(options.customers)
        last = datetime.date.today() - datetime.timedelta(days=1)
        sell(last)
        data.analyze()
        return dict(steps(last))


def sell(last: datetime.date) -> None:
    """A line a customer and week, and one on each of the last 28 days; made by the database from the ids."""
    from django.db import connection

    from crm.imports.models import ImportRun

    run = ImportRun.objects.create(kind="sales", name="bench.csv", size=1, state=ImportRun.State.DONE)
    days = [last - datetime.timedelta(days=n) for n in (*range(28), *range(28, 7 * WEEKS, 7))]
    with connection.cursor() as cursor:
        for day in days:
            cursor.execute(
                """INSERT INTO customers_saleline (customer_id, sold_on, gross, returns, currency, promo, run_id, live)
                SELECT id, %s, 100000 * (1 + id %% 50) + 1000 * ((id * 7 + %s) %% 97), 0, 'CNY', %s, %s, %s
                FROM customers_customer""",
                [day, day.toordinal() % 97, False, run.pk, True],
            )


def steps(last: datetime.date):
    """(name, what it took). Every sixth customer declines: with them the others are compared."""
    from django.db.models import F
    from django.test import Client

    from crm.accounts.actions import create_user
    from crm.accounts.models import Region
    from customers.support.entitling import quarter_of
    from promotions.budgets.setting import set_budget
    from promotions.policies.audience import Audience
    from promotions.rollout import actions, bulk
    from promotions.rollout.models import Participation, Promotion
    from promotions.uplift.estimator import CHUNK
    from promotions.uplift.measuring import measure_and_keep

    user = create_user(username="bench", role="admin", password="benchmark-only-1")
    day = last + datetime.timedelta(days=1)
    held = actions.write_promotion(
        code="bench",
        title="bench",
        kind="display",
        mechanics="x",
        starts_on=day,
        ends_on=day + datetime.timedelta(days=13),
        answer_by=day,
        audience=Audience(everybody=True),
        cost_each=Decimal(100),
        by=user,
    )
    budget = set_budget(region=Region.objects.get(parent=None), quarter=quarter_of(day), amount=Decimal(10**7), by=user)
    with Step() as opening:
        held = actions.open_promotion(promotion=held, by=user)
    yield "asked at once, the first 500", opening.told()
    pages = []
    while True:
        with Step() as page:
            n = actions.invite_page(held, user)
        if not n:
            break
        pages.append(page)
    yield (
        "asked by the job, all others",
        {
            "seconds": sum(one.seconds for one in pages),
            "statements": max(one.statements for one in pages),
            "mb": sum(one.mb for one in pages),
        },
    )
    rows = Participation.objects.filter(promotion=held)
    print(f"{rows.count():,} were asked", file=sys.stderr, flush=True)
    client = Client()
    client.force_login(user)
    rows.update(answer="accepted")
    rows.annotate(rest=F("pk") % 6).filter(rest=0).update(answer="declined")
    some = list(rows.filter(answer="accepted").order_by("-pk").values_list("pk", flat=True)[:500])
    rows.filter(pk__in=some).update(answer="invited")
    _at_the_same_time(held)
    for name, address in (
        ("the board", ""),
        ("the board, ready", "?stage=ready"),
        ("the board, no answer yet", "?stage=invited"),
    ):
        yield name, _page(client, f"/promotions/runs/{held.pk}/{address}")
    yield "the list of promotions", _page(client, "/promotions/runs/")
    yield "the calendar", _page(client, "/promotions/calendar/")
    yield "a page of the API", _page(client, f"/api/v1/promotion-participations/?promotion={held.pk}&stage=ready")
    yield "the budgets", _page(client, f"/promotions/budgets/?quarter={budget.quarter}")
    yield "a budget and what draws on it", _page(client, f"/promotions/budgets/{budget.pk}/")
    with Step() as answered:
        bulk.answer_many(promotion=held, ids=some, answer="accepted", by=user)
    yield "500 answers at once", answered.told()
    with Step() as judged:
        bulk.judge_many(promotion=held, ids=some, compliance="agreed", by=user)
    yield "500 judged at once", judged.told()
    end = last - datetime.timedelta(days=1)
    start = end - datetime.timedelta(days=13)
    Promotion.objects.filter(pk=held.pk).update(starts_on=start, ends_on=end, answer_by=start)
    held.refresh_from_db()
    with Step() as measured:
        found = measure_and_keep(promotion=held)
    print(f"measured {found['shops']:,} shops: {found.get('reason', 'measurable')}", file=sys.stderr, flush=True)
    told = measured.told()
    chunks = -(-rows.count() // CHUNK)
    yield "measured", told | {"statements": round(told["statements"] / chunks)}
    yield "the result", _page(client, f"/promotions/runs/{held.pk}/result/")


def _at_the_same_time(held) -> None:
    """Another promotion with the same customers, as the note above the board and the calendar look for."""
    from promotions.rollout.models import Participation, Promotion

    other = Promotion.objects.get(pk=held.pk)
    other.pk, other.code = None, "other"
    other.save(force_insert=True)
    ids = Participation.objects.filter(promotion=held).values_list("customer_id", flat=True)
    Participation.objects.bulk_create(
        [Participation(promotion=other, customer_id=pk, answer="accepted") for pk in ids], batch_size=500
    )


def _page(client, address: str) -> dict:
    found = []
    for _n in range(ROUNDS):
        with Step() as step:
            answer = client.get(address)
            assert answer.status_code == 200, answer.status_code
        found.append(step)
    return {
        "seconds": statistics.median(one.seconds for one in found[2:]),
        "statements": found[-1].statements,
        "mb": sum(one.mb for one in found),
    }


if __name__ == "__main__":
    sys.exit(main())
