"""Customers made up by seed, with everything the borders of the rule are about, as Facts and as plain dictionaries."""

import random
from datetime import date, timedelta
from decimal import Decimal

from customers.tiers.tiering import Facts

AS_OF = date(2021, 12, 31)


def money(cents):
    return Decimal(cents) / 100


def customers(seed, n, as_of=AS_OF):
    """Return n dictionaries: ties at every level, growth of exactly 10 %, part-years, closed, agents, returns, zero."""
    dice = random.Random(seed)
    crowded = [dice.randrange(1_00, 900_000_00) for _ in range(max(3, n // 12))]  # few figures: many ties
    made = []
    for number in dice.sample(range(1, 50 * n), n):
        earliest = dice.choice(
            [dice.choice(crowded), dice.randrange(1, 2_000_000_00), dice.randrange(1, 20_000) * 10_000]
        )
        middle = dice.choice(
            [earliest * 11 // 10, earliest * 11 // 10 + dice.choice([-1, 0, 1]), dice.randrange(0, 3_000_000_00)]
        )
        latest = dice.choice(
            [
                dice.choice(crowded),
                -(-middle * 11 // 10),
                -(-middle * 11 // 10) - 1,
                dice.randrange(1, 3_000_000_00),
                middle * dice.randrange(5, 30) // 10,
            ]
        )
        cents = [latest, middle, earliest]
        fate = dice.random()
        if fate < 0.04:
            cents[0] = -dice.randrange(1, 50_000_00)  # more came back than went out
        elif fate < 0.08:
            cents[0] = 0
        elif fate < 0.12:
            cents[1:] = [dice.choice([0, -5, 700_00]), 0]  # a part-year, or a first one
        elif fate < 0.14:
            cents[2] = -dice.randrange(0, 100)
        elif fate < 0.16:
            cents[1] = 0  # a year's pause
        score = [None, 0, 69, 70, 71, 100, 69_99, 70_00]
        made.append(
            {
                "id": number,
                "agent": dice.random() < 0.08,
                "cents": tuple(cents),
                "opened": dice.choice([None] * 4 + [as_of - timedelta(days=dice.randrange(-3, 900))]),
                "closed_on": dice.choice([None] * 9 + [as_of + timedelta(days=dice.randrange(-4, 5))]),
                "closed_flag": dice.random() < 0.05,
                "cooperation": as_score(dice.choice(score + [70, 80, 90] * 3)),
                "loyalty": as_score(dice.choice(score + [70, 80, 90] * 3)),
                "region": dice.choice([None, 1, 2, 3]),
                "before": dice.choice([None, "A", "B", "C"]),
                "months": dice.choice([None, None, 12, *range(13)]),
            }
        )
    if dice.random() < 0.5:
        tie_the_border(made)
    return made


def tie_the_border(made):
    """Let everyone from some 17 % to 24 % of the ranking sell the same, so that the border falls among equals."""
    crowd = sorted((one for one in made if not one["agent"] and one["cents"][0] > 0), key=lambda one: -one["cents"][0])
    equals = crowd[len(crowd) * 17 // 100 : len(crowd) * 24 // 100 + 1]
    for one in equals:
        one["cents"] = (equals[0]["cents"][0], *one["cents"][1:])


def as_score(number):
    """6999 stands for 69.99."""
    return None if number is None else Decimal(number) / 100 if number > 100 else Decimal(number)


def as_facts(customer):
    latest, middle, earliest = customer["cents"]
    return Facts(
        customer_id=customer["id"],
        kind="agent" if customer["agent"] else "franchisee",
        opened_on=customer["opened"],
        closed_on=customer["closed_on"],
        closed=customer["closed_flag"],
        w0=money(latest),
        w1=money(middle),
        w2=money(earliest),
        cooperation=customer["cooperation"],
        loyalty=customer["loyalty"],
        region_id=customer["region"],
        previous_tier=customer["before"],
        months_active=customer["months"],
    )


def facts(seed, n, as_of=AS_OF):
    return [as_facts(customer) for customer in customers(seed, n, as_of)]
