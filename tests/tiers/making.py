"""Customers, sums and scores for the tests of tiers, written straight to the tables."""

import random
from datetime import timedelta
from decimal import Decimal

from django.db import connection

from crm.integrity import Found
from crm.periods import Windows
from customers.models import Customer, MonthlySales, SalesDirty, Score, ScoreDirty, ScoreRun
from customers.tiers import integrity
from tests.rules.generated import customers as generated


def add_months(pairs):
    """pairs: (customer id, month, cents)."""
    MonthlySales.objects.bulk_create(
        [
            MonthlySales(
                customer_id=customer,
                month=month,
                gross=Decimal(cents) / 100,
                returns=0,
                net=Decimal(cents) / 100,
                days=1,
                last_sold_on=month if cents else None,
            )
            for customer, month, cents in pairs
        ],
        batch_size=2000,
    )


def spread(dice, window, cents):
    """Split a year's cents over some of its months, returns included."""
    months = dice.sample(list(window.months()), dice.choice([1, 2, 5]))
    parts = [dice.randrange(-50_000, 50_000) for _ in months[1:]]
    return zip(months, [cents - sum(parts), *parts], strict=True)


def world(seed, n, regions, as_of, need=5):
    """Make n generated customers with months and scores; returns {customer id: generated dictionary}."""
    dice = random.Random(seed)
    made = generated(seed, n, as_of)
    places = [regions.jiangsu, regions.zhejiang, regions.sichuan]
    rows = []
    for one in made:
        closed_on, opened = one["closed_on"], one["opened"]
        if opened and closed_on and closed_on < opened:
            one["closed_on"] = closed_on = None
        one["region"] = dice.choice(places)
        rows.append(
            Customer(
                code=f"C{one['id']:06}",
                name=f"客户{one['id']}",
                kind="agent" if one["agent"] else "franchisee",
                state="closed" if one["closed_flag"] else "active",
                region=one["region"],
                opened_on=opened,
                closed_on=closed_on,
            )
        )
    rows = Customer.objects.bulk_create(rows, batch_size=500)
    by_id = {row.pk: one for row, one in zip(rows, made, strict=True)}
    windows = Windows.as_of(as_of)
    months, seen = [], []
    for customer, one in by_id.items():
        for window, cents in zip(windows, one["cents"], strict=True):
            if cents or dice.random() < 0.3:
                months += [(customer, month, part) for month, part in spread(dice, window, cents)]
        # Months outside the windows must not count.
        if dice.random() < 0.5:
            months.append((customer, windows.w0.end, dice.randrange(1, 10**9)))
            months.append((customer, windows.w2.start - timedelta(days=1), dice.randrange(1, 10**9)))
        for trait in ("cooperation", "loyalty"):
            seen += scores(dice, customer, trait, one[trait], as_of, need)
    add_months([(customer, month.replace(day=1), cents) for customer, month, cents in months])
    Score.objects.bulk_create(seen, batch_size=2000)
    worked_out(as_of)
    return by_id


def worked_out(as_of):
    """Let the scores of a day count as worked out, so that those written by hand stand."""
    ScoreDirty.objects.all().delete()
    return ScoreRun.objects.create(
        as_of=as_of, shares={}, spreads=[], rule_version=1, examined=1_000_000, changed=0, seconds=1
    )


def give_score(customer, trait, value, as_of, events=5, sure=None):
    """A score in force from a day on, in place of the one before; value and sure in hundredths."""
    Score.objects.filter(customer_id=customer, trait=trait, current=True).update(current=False)
    return Score.objects.create(**score(customer, trait, value, as_of, events, sure))


def score(customer, trait, value, as_of, events=5, sure=None):
    sure = value if sure is None else sure
    return {
        "customer_id": customer,
        "trait": trait,
        "as_of": as_of,
        "value": value,
        "sure": sure,
        "events": events,
        "enough": events >= 5,
        "high": events >= 5 and sure is not None and sure >= 7000,
        "rule_version": 1,
        "current": True,
    }


def scores(dice, customer, trait, points, as_of, need):
    """The score in force (None: on too little evidence), with an earlier one that no longer counts."""
    found = []
    if dice.random() < 0.3:
        earlier = as_of - timedelta(days=dice.randrange(1, 700))
        found.append(Score(**{**score(customer, trait, dice.choice([0, 10_000]), earlier, need), "current": False}))
    value, events = (9000, dice.choice([0, 1, need - 1])) if points is None else (int(points * 100), need)
    if points is not None or (events and events < need):
        day = as_of - timedelta(days=dice.randrange(0, 700)) if not found else as_of
        found.append(Score(**score(customer, trait, value, day, events)))
    elif found:
        found.append(Score(**{**score(customer, trait, None, as_of, 0)}))
    return found


def dirty(*customers):
    SalesDirty.objects.bulk_create([SalesDirty(customer_id=customer) for customer in customers])


def set_month(customer, month, cents):
    """Change a sum as an import would: the sum and its outbox row."""
    MonthlySales.objects.filter(customer_id=customer, month=month).delete()
    if cents is not None:
        add_months([(customer, month, cents)])
    dirty(customer)


def dump(table, order, drop=()):
    """Everything a table holds, for comparing before and after."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY {order}")
        names = [column[0] for column in cursor.description]
        keep = [at for at, name in enumerate(names) if name not in drop]
        return [tuple(row[at] for at in keep) for row in cursor.fetchall()]


def what_differs():
    """{check: what} of the tiers that check_integrity would name."""
    found = {check.code: Found() for check in integrity.CHECKS}
    with connection.cursor() as cursor:
        for check in integrity.CHECKS:
            check.find(cursor, found[check.code])
    return {code: one.examples for code, one in found.items() if one.count}
