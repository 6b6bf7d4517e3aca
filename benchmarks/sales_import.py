"""The import of sales, with every check, against raw COPY of the already clean rows into the same ledger.

    python -m benchmarks.sales_import --rows 1000000 --customers 100000

A ledger with history is made in a scratch database. The same new lines then go in twice, each time into a fresh warm
copy of it: by raw COPY (SQLite: executemany) into the ledger alone, as fast as the database can; and by the import as
people use it, from the CSV file to the committed monthly and regional sums. Then the same content again (a file with
other bytes, so that it is read), and the very same file.
Figures are rows per CPU second, client and server together; ratios are to raw.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
from pathlib import Path

from benchmarks.measure import Cost, backend_peak_mb, client_peak_mb, measured
from benchmarks.scratch import Scratch

COLUMNS = "customer_id, sold_on, gross, returns, currency, units, orders, promo, is_open, run_id, live"
BATCH = 10_000


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sales_import", description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, default=100_000, help="lines in the file (default 100000)")
    parser.add_argument("--customers", type=int, default=10_000, help="customers (default 10000)")
    parser.add_argument("--lines", type=int, help="ledger lines of history (default 36 a customer)")
    parser.add_argument("--sqlite", action="store_true", help="SQLite in a temporary folder instead of PostgreSQL")
    parser.add_argument("--server", help="URL of the PostgreSQL server (default: DATABASE_URL)")
    parser.add_argument("--repeat", type=int, default=1, help="measure so often, take the least of each")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    options = parser.parse_args()
    options.lines = options.lines if options.lines is not None else options.customers * 36
    with Scratch("sales_import", sqlite=options.sqlite, server=options.server) as scratch:
        found = compare(scratch, options)
    if options.json:
        print(json.dumps(found))
    else:
        show(found)


def compare(scratch: Scratch, options) -> dict:
    from benchmarks import data

    say(f"making {options.customers:,} customers and {options.lines:,} lines of history")
    data.make(options.customers, options.lines)
    path = scratch.folder / "sales.csv"
    rows = write_file(path, options.rows, options.customers)
    few = scratch.folder / "few.csv"
    with path.open() as whole:
        few.write_text("".join(line for line, _n in zip(whole, range(100))))
    again = scratch.folder / "again.csv"
    again.write_bytes(path.read_bytes() + b"\n")
    costs: dict[str, list[Cost]] = {}
    memory: dict[str, float | None] = {}
    for turn in range(options.repeat):
        say(f"turn {turn + 1}: raw")
        name = scratch.copy(f"raw{turn}")
        costs.setdefault("raw", []).append(raw_sqlite(path) if scratch.sqlite else raw_copy(path))
        scratch.discard(name)
        say(f"turn {turn + 1}: import")
        name = scratch.copy(f"import{turn}")
        for label, cost in imports(path, again, few, rows, memory).items():
            costs.setdefault(label, []).append(cost)
        scratch.discard(name)
    least = {label: min(several, key=lambda cost: cost.cpu) for label, several in costs.items()}
    return report(options, rows, least, memory)


def write_file(path: Path, rows: int, customers: int) -> int:
    """New lines in date order as an ERP writes them: as many days as are needed, all after the history."""
    import datetime

    from benchmarks.data import HISTORY_DAYS, HISTORY_START

    a_day = min(customers, max(1, customers // 3))
    written = day = 0
    with path.open("w", encoding="utf-8", newline="") as handle:
        out = csv.writer(handle)
        out.writerow(["customer_code", "date", "amount", "units", "orders", "promo", "open"])
        while written < rows:
            sold_on = HISTORY_START + datetime.timedelta(days=HISTORY_DAYS + day)
            step = min(a_day, rows - written)
            for n in range(step):
                customer = 1 + (n * 3 + day) % customers
                fen = 10_000 + (customer * 7919 + day * 104_729) % 900_000
                amount = f"{fen // 100}.{fen % 100:02d}"
                out.writerow([f"C{customer:07d}", sold_on, amount, 1 + n % 9, 1 + n % 4, int(day % 20 == 0), 1])
            written, day = written + step, day + 1
    return written


def clean_rows(path: Path, ids: dict[str, int]):
    """The rows as the ledger keeps them: what the best hand-written loader would be given."""
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.reader(handle)
        next(reader)
        for code, day, amount, units, orders, promo, is_open in reader:
            yield ids[code], day, int(amount.replace(".", "")), 0, "CNY", units, orders, promo, is_open, 1, 1


def known_ids() -> dict[str, int]:
    from customers.models import Customer

    return dict(Customer.objects.values_list("code", "pk"))


def raw_copy(path: Path) -> Cost:
    from django.db import connection, transaction

    text = path.with_suffix(".copy")
    if not text.exists():
        with text.open("w") as handle:
            for row in clean_rows(path, known_ids()):
                handle.write("\t".join(map(str, row)) + "\n")
    with measured() as cost, transaction.atomic(), connection.cursor() as cursor, text.open() as handle:
        cursor.copy_expert(f"COPY customers_saleline ({COLUMNS}) FROM STDIN", handle, 1 << 18)
    return cost


def raw_sqlite(path: Path) -> Cost:
    from django.db import connection, transaction

    rows = list(clean_rows(path, known_ids()))
    marks = ", ".join(["%s"] * 11)
    with measured() as cost, transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO customers_saleline ({COLUMNS}) VALUES ({marks})", rows)
    return cost


def imports(path: Path, again: Path, few: Path, rows: int, memory: dict) -> dict[str, Cost]:
    from crm.imports.actions import import_file, undo
    from customers.sales.importing import SALES

    parts: dict[str, Cost] = {}
    staging, writing = SALES.importer.stage, SALES.importer.write

    def stage(source, report):
        with measured() as parts["stage"]:
            return staging(source, report)

    def write(staged):
        with measured() as parts["write"]:
            return writing(staged)

    SALES.importer.stage, SALES.importer.write = stage, write
    costs = {}
    import_file(kind="sales", path=few, dry_run=True)  # a worker has loaded its modules long ago
    try:
        before = client_peak_mb()
        with measured() as costs["import"]:
            run = import_file(kind="sales", path=path)
        assert (run.state, run.created) == ("done", rows), (run.state, run.problem, run.errors[:3])
        costs |= {"of it staging": parts["stage"], "of it writing": parts["write"]}
        memory.update(client_before=before, client_peak=client_peak_mb(), backend_peak=backend_peak_mb())
        with measured() as costs["same content again"]:
            run_again = import_file(kind="sales", path=again)
        assert (run_again.state, run_again.unchanged) == ("done", rows), run_again.state
        with measured() as costs["same file again"]:
            same = import_file(kind="sales", path=path)
        assert (same.state, same.unchanged) == ("done", rows), same.state
        with measured() as costs["undo"]:
            undo(run=run)
    finally:
        SALES.importer.stage, SALES.importer.write = staging, writing
    return costs


def report(options, rows: int, least: dict[str, Cost], memory: dict) -> dict:
    raw, whole = least["raw"], least["import"]
    return {
        "database": "SQLite" if options.sqlite else "PostgreSQL",
        "customers": options.customers,
        "history": options.lines,
        "rows": rows,
        "costs": {label: cost.plain() | {"rows_per_cpu_s": round(cost.rate(rows))} for label, cost in least.items()},
        "ratio_to_raw": round(whole.rate(rows) / raw.rate(rows), 3),
        "again_time": round(least["same content again"].cpu / whole.cpu, 3),
        "again_wal": round(least["same content again"].wal / whole.wal, 4) if whole.wal else None,
        "same_file_time": round(least["same file again"].cpu / whole.cpu, 4),
        "memory_mb": {name: value and round(value, 1) for name, value in memory.items()},
    }


def show(found: dict) -> None:
    out = io.StringIO()
    out.write(f"{found['database']}, {found['customers']:,} customers, {found['history']:,} lines of history;")
    out.write(f" a file of {found['rows']:,} rows\n\n")
    out.write(f"{'':22}{'rows/CPU s':>12}{'CPU s':>9}{'client':>9}{'server':>9}{'wall':>9}{'WAL MB':>10}\n")
    for label, cost in found["costs"].items():
        out.write(f"{label:22}{cost['rows_per_cpu_s']:>12,}{cost['cpu']:>9.2f}{cost['client']:>9.2f}")
        out.write(f"{cost['server']:>9.2f}{cost['wall']:>9.2f}{cost['wal_mb']:>10.2f}\n")
    out.write(f"\nimport against raw           {found['ratio_to_raw']:.2f}   (firm 0.4, aim 0.8)\n")
    out.write(f"same content again: time     {found['again_time']:.2f}   (firm 0.35)\n")
    if found["again_wal"] is not None:
        out.write(f"same content again: WAL      {found['again_wal']:.4f} (firm 0.01)\n")
    out.write(f"same file again: time        {found['same_file_time']:.4f} (aim 0.01)\n")
    out.write(f"memory, MB: {found['memory_mb']}\n")
    sys.stdout.write(out.getvalue())


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
