"""Two shops of East in Tao's charge, one of West in Lin's, and an issue of the first."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from customers.issues.actions import open_issue
from customers.issues.writing import end_of
from customers.profile.actions import assign, create_customer

SINCE = datetime.date(2026, 1, 1)


def put_due(rows, reported_on: datetime.date, due_on: datetime.date) -> None:
    """As if they had been reported then and had to be solved by the end of that day."""
    rows.update(reported_on=reported_on, due_on=due_on, due_at=end_of(due_on))


class Frozen:
    """The company's clock, stopped: at first on the eve of the National Day, at four."""

    def __init__(self, monkeypatch):
        self.at("09-30 16:00")
        monkeypatch.setattr("django.utils.timezone.now", lambda: self.moment)

    def at(self, text: str) -> datetime.datetime:
        """`09-30 17:00` of 2026 in Shanghai."""
        self.moment = moment(text)
        return self.moment


def moment(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def frozen(monkeypatch):
    return Frozen(monkeypatch)


def at(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def shops(regions, cast):
    made = [create_customer(code=f"E{n}", name=f"店{n}", kind="franchisee", region=regions.jiangsu) for n in range(2)]
    west = create_customer(code="W1", name="西店", kind="franchisee", region=regions.sichuan)
    assign(customers=made, user=cast.tao, since=SINCE)
    assign(customers=[west], user=cast.lin, since=SINCE)
    return [*made, west]


@pytest.fixture
def issue_in_autumn(frozen, shops, cast):
    """Told on the eve of the National Day, at four."""
    return open_issue(customer=shops[0], title="到货少了两箱", category="supply", text="清点时少两箱", by=cast.tao)


@pytest.fixture
def issue(shops, cast):
    return open_issue(customer=shops[0], title="到货少了两箱", category="supply", text="清点时少两箱", by=cast.tao)
