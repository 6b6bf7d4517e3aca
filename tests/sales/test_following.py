"""Sums by region follow a customer that moves, whoever moves it."""

import datetime

import pytest

from customers.models import Customer, MonthlySales, RegionMonth
from customers.sales import monthly
from tests.sales.files import bring, everything, money, region_months, take_back

pytestmark = pytest.mark.django_db
JAN, FEB = datetime.date(2024, 1, 1), datetime.date(2024, 2, 1)


@pytest.fixture
def sold(shops):
    return bring([["E1", "2024-01-05", "100"], ["E1", "2024-02-05", "3"], ["E2", "2024-01-05", "20"]])


def test_a_customer_takes_its_months_along(shops, sold, regions):
    shops["E1"].region = regions.sichuan
    shops["E1"].save()
    assert region_months() == {
        ("SICHUAN", JAN): (money(100), 1),
        ("SICHUAN", FEB): (money(3), 1),
        ("ZHEJIANG", JAN): (money(20), 1),
    }


def test_many_moved_by_one_statement_and_back_again(shops, sold, regions):
    before = region_months()
    home = dict(Customer.objects.values_list("pk", "region_id"))
    Customer.objects.filter(code__in=["E1", "E2"]).update(region=regions.west)
    assert region_months() == {("WEST", JAN): (money(120), 2), ("WEST", FEB): (money(3), 1)}
    for pk, region in home.items():
        Customer.objects.filter(pk=pk).update(region_id=region)
    assert region_months() == before


def test_an_import_after_a_move_counts_in_the_new_region_and_its_undo_too(shops, sold, regions):
    Customer.objects.filter(code="E1").update(region=regions.west)
    before = everything()
    later = bring([["E1", "2024-01-05", "90"], ["E1", "2024-01-06", "1"]])
    assert region_months()["WEST", JAN] == (money(91), 1)
    take_back(later)
    assert everything() == before
    Customer.objects.filter(code="E1").update(region=regions.jiangsu)
    take_back(sold)
    assert everything() == ({}, {}, {})


def test_other_changes_move_nothing(shops, sold):
    before = region_months()
    Customer.objects.update(name="Renamed", kind="agent")
    assert region_months() == before


def test_a_rebuild_finds_the_same_sums_and_heals_wrong_ones(shops, sold):
    before = everything()
    assert monthly.rebuild() == 3
    assert everything() == before
    MonthlySales.objects.filter(month=JAN).update(net=1)
    RegionMonth.objects.all().delete()
    monthly.rebuild()
    assert everything() == before
