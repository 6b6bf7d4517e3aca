"""What comes first today, and how much of it makes a day."""

from __future__ import annotations

from decimal import Decimal

from crm.today.ranking import DAY_MINUTES, Task, a_day_of, ranked, staked


def task(key: str, **values) -> Task:
    return Task(key=key, kind="t", icon="bell", tone="", reason=key, url="/", **values)


def test_a_stake_counts_twice_after_a_week_and_five_times_at_most():
    assert task("a", stake=Decimal(1000)).weight == 1000
    assert task("a", stake=Decimal(1000), late=-5).weight == 1000
    assert task("a", stake=Decimal(1000), late=7).weight == 2000
    assert task("a", stake=Decimal(1000), late=28).weight == task("a", stake=Decimal(1000), late=900).weight == 5000


def test_the_heaviest_first_then_the_later_then_by_key():
    tasks = [
        task("small", stake=Decimal(500)),
        task("late", stake=Decimal(300), late=7),
        task("b"),
        task("a"),
        task("old", stake=Decimal(50), late=3),
    ]
    assert [one.key for one in ranked(tasks)] == ["late", "small", "old", "a", "b"]
    assert ranked(reversed(tasks)) == ranked(tasks)


def test_days_of_sales_become_money_by_what_the_customer_sells():
    assert staked(task("a", days_of_sales=7), Decimal(36500)).stake == Decimal("700.00")
    assert staked(task("a", days_of_sales=7), Decimal(-100)).stake == Decimal("0.00")
    assert staked(task("a", days_of_sales=7), None).stake == Decimal("0.00")
    assert staked(task("a", days_of_sales=7, stake=Decimal(5)), Decimal(36500)).stake == 5
    assert staked(task("a"), Decimal(36500)).stake is None


def test_never_more_than_a_day_on_top_and_never_fewer_than_three():
    hours = [task(str(n), minutes=60) for n in range(20)]
    assert a_day_of(hours) == DAY_MINUTES // 60 == 7
    assert a_day_of(hours, 90) == 3
    assert a_day_of(hours[:2], 0) == 2
    assert a_day_of([task(str(n), minutes=1) for n in range(20)]) == 12
    assert a_day_of([]) == 0
