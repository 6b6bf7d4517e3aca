"""The demo company's people: the same for the same seed, and a network worth seeing."""

from __future__ import annotations

import datetime
from collections import Counter

from customers.demo import company, connections

END = datetime.date(2026, 11, 1)


def test_the_same_people_for_the_same_seed_and_others_for_another():
    clients = company.make(count=120, seed=1, start=datetime.date(2024, 11, 1), end=END)
    rows = connections.rows(clients, 1)
    assert rows == connections.rows(clients, 1) != connections.rows(clients, 2)
    assert {row[0] for row in rows if row[3] == "老板" and row[5] == "是"} == {client.code for client in clients}
    stands = Counter((row[1], row[2], row[3]) for row in rows)
    for role, least in (("房东", 3), ("介绍人", 2), ("老板", 2), ("商场经理", 2)):
        assert max(count for (_name, _phone, as_what), count in stands.items() if as_what == role) >= least, role


def test_relations_are_the_same_again_and_of_many_kinds(shops, person, types):
    from customers.people.models import Relation
    from customers.profile.models import Customer

    Customer.objects.update(city="南京")
    for shop in (shops.a, shops.b, shops.c, shops.w):
        person(f"老板{shop.code}", shop)
        person(f"配偶{shop.code}", shop, role="spouse")
    told = []
    for _again in range(2):
        Relation.objects.all().delete()
        count = connections.relate(1, END)
        told.append(
            list(Relation.objects.order_by("pk").values_list("type__code", "start_person", "end_person", "since"))
        )
        assert count == len(told[-1])
    assert told[0] == told[1]
    assert Counter(row[0] for row in told[0])["married"] == 4
