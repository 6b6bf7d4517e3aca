"""What comes back: exact."""

import datetime

from customers.issues.repeating import Told, former

DAY = datetime.date(2026, 11, 20)


def ago(days: int) -> datetime.date:
    return DAY - datetime.timedelta(days=days)


def test_the_latest_of_the_same_class_within_the_days():
    others = [Told(1, "supply", None, ago(80)), Told(2, "supply", None, ago(10)), Told(3, "price", None, ago(1))]
    assert former("supply", None, DAY, others, 90) == others[1]
    assert former("supply", None, DAY, others, 10) == others[1]
    assert former("supply", None, DAY, others, 9) is None


def test_of_two_on_one_day_the_one_written_down_last():
    others = [Told(7, "supply", None, ago(3)), Told(4, "supply", None, ago(3))]
    assert former("supply", None, DAY, others, 90) == others[0]


def test_the_same_cause_counts_whatever_the_class():
    others = [Told(1, "service", 5, ago(30)), Told(2, "service", 6, ago(3))]
    assert former("supply", 5, DAY, others, 90) == others[0]
    assert former("supply", None, DAY, others, 90) is None


def test_what_fits_into_no_class_is_the_same_by_its_cause_only():
    others = [Told(1, "other", None, ago(3)), Told(2, "other", 5, ago(4))]
    assert former("other", None, DAY, others, 90) is None
    assert former("other", 5, DAY, others, 90) == others[1]


def test_what_was_reported_later_is_no_former_one():
    assert former("supply", None, DAY, [Told(1, "supply", None, ago(-1))], 90) is None
