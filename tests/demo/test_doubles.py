"""Customers of the demo that were entered twice."""

from __future__ import annotations

import datetime

from customers.demo import company, doubles
from customers.duplicates.likeness import Card, compare, folded

END = datetime.date(2025, 11, 1)


def clients(count):
    return company.make(count=count, seed=1, start=datetime.date(2022, 11, 1), end=END)


def test_one_in_eighty_is_there_twice_and_the_same_for_the_same_seed():
    made = doubles.make(clients(320), END, 1)
    assert [one.code for one in made] == ["X00001", "X00002", "X00003", "X00004"]
    assert made == doubles.make(clients(320), END, 1)
    assert made[0].of.city.province == "ZHEJIANG"
    assert doubles.make(clients(48), END, 1) == []


def test_each_is_likely_the_same():
    for one in doubles.make(clients(320), END, 1):
        city = one.of.city.name
        first = folded(Card(name=one.of.name, phone=one.of.phone, city=city, address=one.of.address))
        second = folded(Card(name=one.name, phone=one.phone, city=city, address=one.address))
        assert compare(first, second).is_likely
        assert len(one.sold) == doubles.DAYS // 2
