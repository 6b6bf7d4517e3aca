"""Undoing an import: exactly what was before, or a refusal that changes nothing."""

import datetime

import pytest
from django.core.exceptions import ValidationError

from customers.models import MonthlySales, RegionMonth, SaleLine, SalesDirty
from tests.sales.files import bring, day, everything, money, said, take_back

pytestmark = pytest.mark.django_db


def test_an_undone_first_import_leaves_nothing_in_force(shops):
    outcome = bring([["E1", "2024-01-05", "100"], ["E2", "2024-02-05", "3"]])
    SalesDirty.objects.all().delete()
    assert take_back(outcome) == {"removed": 2, "restored": 0}
    assert not SaleLine.objects.live().exists()
    assert SaleLine.objects.count() == 2
    assert not MonthlySales.objects.exists()
    assert not RegionMonth.objects.exists()
    assert {row.customer_id for row in SalesDirty.objects.all()} == {shops["E1"].pk, shops["E2"].pk}


def test_a_correction_undone_gives_the_old_lines_their_place_back(shops):
    bring([["E1", "2024-01-05", "100", "7"], ["E1", "2024-01-06", "20"], ["W1", "2024-01-06", "5"]])
    before = everything()
    second = bring([["E1", "2024-01-05", "90"], ["E1", "2024-03-07", "1"], ["W1", "2024-01-06", "5"]])
    assert everything() != before
    assert take_back(second) == {"removed": 2, "restored": 1}
    assert everything() == before


def test_what_a_later_import_corrected_must_be_undone_first(shops):
    first = bring([["E1", "2024-01-05", "100"]])
    second = bring([["E1", "2024-01-05", "90"], ["E2", "2024-01-05", "4"]])
    third = bring([["E1", "2024-01-05", "80"]])
    before = everything()
    with pytest.raises(ValidationError) as refusal:
        take_back(first)
    assert refusal.value.code == "stood_on"
    assert f"#{second.run.pk}" in refusal.value.messages[0]
    with pytest.raises(ValidationError) as refusal:
        take_back(second)
    assert f"#{third.run.pk}" in refusal.value.messages[0]
    assert everything() == before
    take_back(third)
    take_back(second)
    assert said() == {("E1", day("2024-01-05")): money(100)}
    take_back(first)
    assert everything() == ({}, {}, {})


def test_imports_on_other_days_are_undone_in_any_order(shops):
    first = bring([["E1", "2024-01-05", "100"]])
    only_second = bring([["E1", "2024-01-06", "90"]])
    take_back(first)
    assert said() == {("E1", day("2024-01-06")): money(90)}
    take_back(only_second)
    assert everything() == ({}, {}, {})


def test_the_same_file_after_an_undo_is_new_again(shops):
    rows = [["E1", "2024-01-05", "100"]]
    outcome = bring(rows)
    before = everything()
    take_back(outcome)
    assert bring(rows).tally == (1, 0, 0, 0)
    assert said() == {("E1", day("2024-01-05")): money(100)}
    assert everything()[1:] == before[1:]


def test_an_import_without_any_change_is_undone_without_any(shops):
    rows = [["E1", "2024-01-05", "100"]]
    bring(rows)
    same = bring(rows)
    before = everything()
    assert take_back(same) == {"removed": 0, "restored": 0}
    assert everything() == before


def test_a_month_whose_sum_was_zero_comes_back_as_zero_and_not_as_nothing(shops):
    bring([["E1", "2024-01-05", "5"], ["E1", "2024-01-06", "-5"]])
    before = everything()
    assert before[2] == {("JIANGSU", datetime.date(2024, 1, 1)): (money(0), 1)}
    take_back(bring([["E1", "2024-01-07", "1"]]))
    assert everything() == before


def test_two_imports_between_each_other_keep_their_own_lines(shops):
    """Lines are found by a range of ids; another import's lines in it must not be touched."""
    first = bring([["E1", "2024-01-05", "100"]])
    second = bring([["E2", "2024-01-05", "7"]])
    first.run.last_line = second.run.last_line
    first.run.save()
    take_back(first)
    assert said() == {("E2", day("2024-01-05")): money(7)}
