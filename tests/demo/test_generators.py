"""The demo company as it is made up: pure, repeatable, and believable in the ways that the rest relies on."""

import datetime
import hashlib
from collections import Counter

from customers.demo import calendar, company, names, places, sales
from tests.demo.conftest import END, START


def digest(clients, days, seed=7):
    found = hashlib.sha256()
    for row in company.customer_rows(clients):
        found.update("\t".join(row.values()).encode())
    for client in clients:
        for line in sales.lines(client, days, seed):
            found.update("\t".join(sales.cells(line)).encode())
    return found.hexdigest()


def test_the_same_seed_makes_the_same_bytes(clients, days):
    assert digest(clients, days) == digest(company.make(count=24, seed=7, start=START, end=END), days)
    assert digest(clients, days) == "357a0ec39155e671604957533d9224d03fc92078d77733beb6cc7798a51fb2b1"


def test_another_seed_makes_another_company(clients, days):
    assert digest(clients, days) != digest(company.make(count=24, seed=8, start=START, end=END), days, 8)


def test_places_are_real_looking_and_belong_to_seven_regions():
    assert len(places.CITIES) == 126
    assert len({city.name for city in places.CITIES}) == 126
    assert Counter(city.region for city in places.CITIES) == {
        "EAST": 48,
        "SOUTH": 15,
        "CENTRAL": 17,
        "NORTH": 14,
        "SOUTHWEST": 13,
        "NORTHWEST": 10,
        "NORTHEAST": 9,
    }
    for city in places.CITIES:
        assert 18 < city.latitude < 54
        assert 73 < city.longitude < 135
    assert set(places.DISTRICTS) <= {city.name for city in places.CITIES}


def test_lunar_new_year_falls_on_its_days():
    assert [calendar.new_year(year) for year in (2023, 2024, 2025, 2026)] == [
        datetime.date(2023, 1, 22),
        datetime.date(2024, 2, 10),
        datetime.date(2025, 1, 29),
        datetime.date(2026, 2, 17),
    ]


def test_nobody_buys_on_new_years_day_and_everybody_a_week_before(days):
    by_date = {day.date: day for day in days}
    assert by_date[datetime.date(2025, 1, 29)].rest
    assert by_date[datetime.date(2025, 1, 29)].shop < 0.2
    assert by_date[datetime.date(2025, 1, 22)].shop > 1.2
    assert by_date[datetime.date(2025, 1, 22)].promo.name == "年货节"
    assert by_date[datetime.date(2025, 10, 1)].shop > by_date[datetime.date(2025, 10, 15)].shop
    assert by_date[datetime.date(2025, 11, 11)].promo.name == "双十一"


def test_phone_numbers_are_nobodys():
    assert {names.phone(n)[:3] for n in (0, 7, 99_999_999, 10**9)} == {"100"}


def test_names_and_codes_are_each_used_once():
    clients = company.make(count=2000, seed=3, start=START, end=END)
    assert len({client.code for client in clients}) == 2000
    assert len({client.name for client in clients}) == 2000


def test_a_customer_is_supplied_by_an_agent_of_its_own_province():
    clients = company.make(count=320, seed=1, start=START, end=END)
    by_code = {client.code: client for client in clients}
    supplied = [client for client in clients if client.upstream]
    assert len(supplied) > 100
    for client in supplied:
        assert by_code[client.upstream].agent
        assert by_code[client.upstream].city.province == client.city.province
        assert not client.agent


def test_a_shop_sells_nothing_before_it_opens_nor_after_it_closes():
    days = calendar.days(START, END)
    clients = company.make(count=320, seed=1, start=START, end=END)
    closed = [client for client in clients if client.closed_on]
    young = [client for client in clients if client.opened_on > START]
    assert len(closed) >= 5
    assert len(young) >= 40
    for client in closed:
        assert max(line.date for line in sales.lines(client, days, 1)) < client.closed_on
    for client in young:
        assert min(line.date for line in sales.lines(client, days, 1)) >= client.opened_on


def test_a_slump_costs_what_it_says(days):
    client = company.make(count=24, seed=7, start=START, end=END)[5]
    calm = company.Client(**{**fields(client), "slumps": ()})
    first = datetime.date(2025, 6, 2)
    bad = company.Client(**{**fields(client), "slumps": ((first, 7, 0.5),)})
    usual, fallen = by_day(calm, days), by_day(bad, days)
    assert [day for day in usual if usual[day] != fallen[day]] == [
        day for day in usual if first <= day < first + datetime.timedelta(days=7) and usual[day]
    ]
    lost = sum(fallen.values()) - sum(usual.values())
    week = sum(usual[day] for day in usual if first <= day < first + datetime.timedelta(days=7))
    assert abs(lost + week / 2) < 100


def test_sales_before_daily_reports_are_one_line_a_month(clients):
    early = calendar.days(datetime.date(2023, 1, 1), START)
    client = next(client for client in clients if client.opened_on < datetime.date(2023, 1, 1) and not client.closed_on)
    months = list(sales.monthly_before(client, early, 7))
    assert [line.date for line in months][:3] == [
        datetime.date(2023, 1, 31),
        datetime.date(2023, 2, 28),
        datetime.date(2023, 3, 31),
    ]
    assert len(months) == 12
    assert sum(line.gross for line in months) == sum(line.gross for line in sales.lines(client, early, "7 before"))


def fields(client):
    return {name: getattr(client, name) for name in company.Client.__slots__}


def by_day(client, days):
    return {line.date: line.gross for line in sales.lines(client, days, 7)}
