"""The same small company for every test: 24 customers, sales of 2024 and 2025."""

import datetime

import pytest

from customers.demo import calendar, company

START, END = datetime.date(2024, 1, 1), datetime.date(2026, 1, 1)


@pytest.fixture(scope="session")
def clients():
    return company.make(count=24, seed=7, start=START, end=END)


@pytest.fixture(scope="session")
def days():
    return calendar.days(START, END)


def pytest_collection_modifyitems(items):
    """The company that is loaded once comes first: tests that commit empty the tables it stands on."""
    items.sort(key=lambda one: one.path.name != "test_loading.py")
