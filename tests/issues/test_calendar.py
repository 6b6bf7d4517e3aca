"""The brand's own calendar counts in working hours, beside China's and beyond the years that are announced."""

import datetime

import pytest

from customers.issues.actions import open_issue
from customers.issues.rules import terms_now, work_clock
from customers.relationship.branddays import days_worked
from customers.slumps import watching
from tests.issues.conftest import moment

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("kind", "answer", "solve"),
    [
        ("closed", "10-10 16:00", "10-21 16:00"),
        ("holiday", "10-10 16:00", "10-21 16:00"),
        ("makeup", "10-09 16:00", "10-20 16:00"),
        ("plain", "10-09 16:00", "10-20 16:00"),
    ],
)
def test_a_day_of_the_brands_is_what_the_brand_says(frozen, shops, cast, kind, answer, solve):
    watching.write_day(day=datetime.date(2026, 10, 9), kind=kind, by=cast.ada)
    made = open_issue(customer=shops[0], title="断货", category="supply", by=cast.tao)
    assert (made.answer_due_at, made.due_at) == (moment(answer), moment(solve))


def test_a_holiday_that_the_brand_works_through_counts(frozen, shops, cast):
    for day in (1, 2):
        watching.write_day(day=datetime.date(2026, 10, day), kind="makeup", by=cast.ada)
    made = open_issue(customer=shops[0], title="断货", category="supply", by=cast.tao)
    assert made.answer_due_at == moment("10-02 16:00")


def test_years_that_are_not_announced_are_the_brands_to_fill(cast, django_assert_num_queries):
    saturday, monday = datetime.date(2027, 2, 20), datetime.date(2027, 2, 8)
    watching.write_day(day=saturday, kind="makeup", by=cast.ada)
    watching.write_day(day=monday, kind="holiday", by=cast.ada)
    watching.write_day(day=saturday + datetime.timedelta(7), kind="plain", by=cast.ada)
    with django_assert_num_queries(1):
        works = days_worked()
        assert [works(day) for day in (saturday, monday, saturday + datetime.timedelta(7))] == [True, False, False]
        assert [works(day + datetime.timedelta(1)) for day in (saturday, monday)] == [False, True]
    start = datetime.datetime(2027, 2, 5, 17, tzinfo=moment("01-01 00:00").tzinfo)
    work = work_clock(terms_now())
    assert work.after(start, 120) == start.replace(day=9, hour=10)
    assert work.minutes(start, start.replace(day=9, hour=10)) == 120
