# ruff: noqa: S608 - names of our own tables and columns are put together here; values always go as parameters
"""Finding likely doubles among all customers: keys, then pairs that share one, then scores. Linear in the customers.

Keys are worked out in Python (pinyin) and kept in `DuplicateKey`: by the nightly scan for everybody, writing only what
differs, and at once for customers made since (`catch_up`) and those merged. A trigger could follow each change, but
would call for a second spelling of the keys in SQL; whom a change of name makes a double is found the next night.
A key that more than MOST share tells nothing (the first three signs of a chain's name) and is passed over: that is
what keeps the number of pairs in line with that of customers.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Max

from crm.imports.staging import Stage, advisory_lock, pages
from customers.duplicates.likeness import Card, Folded, Likeness, compare, folded, keys
from customers.duplicates.models import DuplicateKey, DuplicatePair
from customers.facts.models import Fact
from customers.profile.models import Customer

MOST = 24
CATCH_UP = 500
FIELDS = ("pk", "name", "phone", "province", "city", "district", "address", "wgs_latitude", "wgs_longitude")
_KEYS, _PAIRS = "duplicate_keys_now", "duplicate_pairs_now"
Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Scanned:
    customers: int
    compared: int
    open: int
    new: int
    gone: int


def _silent(done: int, total: int) -> None:
    """Nobody wants to know how far it is."""


def licences(ids: Iterable[int]) -> dict[int, str]:
    """Licence numbers by customer, among the facts in force."""
    found = Fact.objects.current().filter(field="licence_number", customer_id__in=list(ids))
    return {one.customer_id: one.text for one in found.only("customer_id", "value")}


def cards(ids: Iterable[int]) -> dict[int, Folded]:
    """Cards of some customers, made comparable; two queries at most."""
    wanted = list(ids)
    rows = list(Customer.objects.filter(pk__in=wanted).values_list(*FIELDS))
    known = licences([row[0] for row in rows])
    return {
        pk: folded(Card(name, phone, known.get(pk, ""), province, city, district, address, lat, lon))
        for pk, name, phone, province, city, district, address, lat, lon in rows
    }


def refresh_keys(ids: Iterable[int]) -> None:
    """Keys of some customers as they are now; only what differs is written."""
    wanted = set(ids)
    now = {(pk, kind, key) for pk, card in cards(wanted).items() for kind, key in keys(card)}
    held = DuplicateKey.objects.filter(customer_id__in=wanted)
    there = set(held.values_list("customer_id", "kind", "key"))
    DuplicateKey.objects.filter(pk__in=[(kind, key, pk) for pk, kind, key in there - now]).delete()
    fresh = [DuplicateKey(customer_id=pk, kind=kind, key=key) for pk, kind, key in sorted(now - there)]
    DuplicateKey.objects.bulk_create(fresh, batch_size=500, ignore_conflicts=True)


def catch_up() -> None:
    """Keys for the customers made since the last scan; a big import waits for its own scan."""
    last = DuplicateKey.objects.aggregate(last=Max("customer_id"))["last"] or 0
    fresh = list(Customer.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:CATCH_UP])
    if fresh:
        refresh_keys(fresh)


def candidates(card: Folded, leave_out: int | None = None) -> list[tuple[int, Likeness]]:
    """(customer, likeness) of those there that are likely the same as this card, the likeliest first."""
    mine = sorted(keys(card))
    if not mine:
        return []
    marks = " OR ".join(["(kind = %s AND key = %s)"] * len(mine))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT kind, key, customer_id FROM customers_duplicatekey WHERE {marks}",
            [part for pair in mine for part in pair],
        )
        rows = cursor.fetchall()
    blocks: dict[tuple[str, str], set[int]] = {}
    for kind, key, customer in rows:
        blocks.setdefault((kind, key), set()).add(customer)
    ids = {pk for block in blocks.values() if len(block) <= MOST for pk in block} - {leave_out}
    found = [(pk, compare(card, other)) for pk, other in cards(ids).items()]
    return sorted(((pk, how) for pk, how in found if how.is_likely), key=lambda one: (-one[1].score, one[0]))


# --- the scan of everybody ------------------------------------------------------------------------------------


def stage_keys(tell: Tell = _silent) -> tuple[Stage, int]:
    """Work out everybody's keys into a temporary table: no lock on anything that lasts."""
    stage = Stage(_KEYS, {"customer_id": "bigint", "kind": "text", "key": "text"})
    total, done = Customer.objects.count(), 0
    for ids in _pages_of_ids():
        for pk, card in cards(ids).items():
            for kind, key in sorted(keys(card)):
                stage.add((pk, kind, key))
        done += len(ids)
        tell(done, total * 2)
    stage.flush()
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE INDEX {_KEYS}_by ON {_KEYS} (kind, key, customer_id)")
        if connection.vendor == "postgresql":
            cursor.execute(f"ANALYZE {_KEYS}")
    return stage, done


def _pages_of_ids() -> Iterator[list[int]]:
    for page in pages("SELECT id FROM customers_customer WHERE id > %s ORDER BY id LIMIT %s"):
        yield [row[0] for row in page]


def stage_pairs(tell: Tell = _silent) -> tuple[Stage, int]:
    """Compare who shares a key, into a temporary table; says how many were compared."""
    stage = Stage(_PAIRS, {"first_id": "bigint", "second_id": "bigint", "score": "smallint", "reasons": "text"})
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS duplicate_met")
        cursor.execute(
            f"""CREATE TEMP TABLE duplicate_met AS
            SELECT row_number() OVER (ORDER BY first_id, second_id) AS n, first_id, second_id FROM (
                SELECT DISTINCT a.customer_id AS first_id, b.customer_id AS second_id
                FROM (SELECT kind, key FROM {_KEYS} GROUP BY kind, key HAVING count(*) BETWEEN 2 AND %s) k
                JOIN {_KEYS} a ON a.kind = k.kind AND a.key = k.key
                JOIN {_KEYS} b ON b.kind = k.kind AND b.key = k.key AND b.customer_id > a.customer_id) met""",
            [MOST],
        )
        cursor.execute("CREATE INDEX duplicate_met_n ON duplicate_met (n)")
        cursor.execute("SELECT count(*) FROM duplicate_met")
        (total,) = cursor.fetchone()
    done = 0
    for rows in pages("SELECT n, first_id, second_id FROM duplicate_met WHERE n > %s ORDER BY n LIMIT %s"):
        known = cards({pk for _n, *pair in rows for pk in pair})
        for _n, first, second in rows:
            if first in known and second in known:
                how = compare(known[first], known[second])
                if how.is_likely:
                    stage.add((first, second, how.score, packed(how)))
        done += len(rows)
        tell(total + done, total * 2)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE duplicate_met")
    stage.flush()
    return stage, total


def packed(how: Likeness) -> str:

    return json.dumps([[one.code, one.value] for one in how.reasons])


@transaction.atomic
def write() -> tuple[int, int, int]:
    """Bring keys and pairs up to what was staged; says how many pairs are open, new, and gone."""
    advisory_lock("duplicates.scan")
    with connection.cursor() as cursor:
        same = "n.customer_id = k.customer_id AND n.kind = k.kind AND n.key = k.key"
        cursor.execute(
            "DELETE FROM customers_duplicatekey WHERE (kind, key, customer_id) IN"
            f" (SELECT k.kind, k.key, k.customer_id FROM customers_duplicatekey k LEFT JOIN {_KEYS} n ON {same}"
            " WHERE n.customer_id IS NULL)"
        )
        cursor.execute(
            f"""INSERT INTO customers_duplicatekey (customer_id, kind, key)
            SELECT n.customer_id, n.kind, n.key FROM {_KEYS} n
            JOIN customers_customer c ON c.id = n.customer_id
            LEFT JOIN customers_duplicatekey k ON {same} WHERE k.customer_id IS NULL
            ORDER BY n.kind, n.key, n.customer_id"""
        )
        cursor.execute(
            f"SELECT n.first_id, n.second_id, n.score, n.reasons FROM {_PAIRS} n"
            " JOIN customers_customer a ON a.id = n.first_id JOIN customers_customer b ON b.id = n.second_id"
        )
        found = {(first, second): (score, reasons) for first, second, score, reasons in cursor.fetchall()}
    return _write_pairs(found)


def _write_pairs(found: dict[tuple[int, int], tuple[int, str]]) -> tuple[int, int, int]:
    """A pair dismissed stays so unless something new speaks for it; an open one that is no longer alike is gone."""

    there = {(one.first_id, one.second_id): one for one in DuplicatePair.objects.all()}
    changed, gone = [], []
    for key, pair in there.items():
        if key not in found:
            # By hand: somebody put the two side by side, whatever the score.
            if pair.state == DuplicatePair.State.OPEN and pair.reasons:
                gone.append(pair.pk)
            continue
        score, reasons = found[key][0], json.loads(found[key][1])
        if (pair.score, pair.reasons) != (score, reasons):
            if pair.state == DuplicatePair.State.DISMISSED and has_news(pair.reasons, reasons):
                pair.state, pair.decided_by, pair.decided_at = DuplicatePair.State.OPEN, None, None
            elif pair.state == DuplicatePair.State.DISMISSED:
                continue
            pair.score, pair.reasons = score, reasons
            changed.append(pair)
    fresh = [
        DuplicatePair(first_id=first, second_id=second, score=score, reasons=json.loads(reasons))
        for (first, second), (score, reasons) in sorted(found.items())
        if (first, second) not in there
    ]
    DuplicatePair.objects.filter(pk__in=gone).delete()
    DuplicatePair.objects.bulk_update(
        changed, ["score", "reasons", "state", "decided_by", "decided_at"], batch_size=200
    )
    DuplicatePair.objects.bulk_create(fresh, batch_size=500)
    return DuplicatePair.objects.open().count(), len(fresh), len(gone)


_STRONG = {"licence", "phone", "name", "sound", "address"}


def has_news(before: list, now: list) -> bool:
    """Whether something of weight speaks for a pair that did not when it was dismissed."""
    said = {code for code, _value in before}
    return any(code in _STRONG and code not in said for code, _value in now)


def scan(tell: Tell = _silent) -> Callable[[], Scanned]:
    """Read and compare, without a lock; what is returned writes it, in a transaction of its own or the caller's."""
    stage, customers = stage_keys(tell)
    met, compared = stage_pairs(tell)

    def finish() -> Scanned:
        try:
            now_open, new, gone = write()
        finally:
            stage.drop()
            met.drop()
        return Scanned(customers, compared, now_open, new, gone)

    return finish
