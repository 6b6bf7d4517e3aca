"""A customer's timeline: what it tells, to whom, on which day, and beside which sales."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm.clock import noon_of, today
from crm.panels import timeline_of
from customers.care.notes import write_note
from customers.models import SaleLine
from customers.pages.timeline import window_of
from customers.profile.actions import assign, create_customer
from customers.receivables.actions import promise
from customers.relationship.actions import observe

pytestmark = pytest.mark.django_db
A_DAY = datetime.timedelta(days=1)


@pytest.fixture
def shop(regions, cast):
    made = create_customer(code="E1", name="店一", kind="franchisee", region=regions.jiangsu)
    assign(customers=[made], user=cast.tao, since=today() - 40 * A_DAY)
    return made


def at(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def titles(user, customer, *kinds: str) -> list[str]:
    shown = [kind for kind in settings.TIMELINE if not kinds or kind["key"] in kinds]
    return [one.title for one in timeline_of(shown, user, customer, today() - 30 * A_DAY, today())]


def test_the_latest_comes_first_and_only_days_of_the_window_count(shop, cast):
    for days, score in ((31, 10), (30, 20), (3, 80)):
        observe(customer=shop, trait="loyalty", score=score, seen_on=today() - days * A_DAY, seen_by=cast.tao)
    assert titles(cast.tao, shop, "seen") == ["loyalty · 80", "loyalty · 20"]


def test_a_private_note_is_told_to_its_author_alone(shop, cast):
    write_note(customer=shop, text="只有我知道", is_private=True, by=cast.tao)
    write_note(customer=shop, text="大家都知道", is_private=False, by=cast.tao)
    assert "只有我知道" in at(cast.tao).get(f"/customers/{shop.pk}/timeline/").content.decode()
    for other in (cast.mei, cast.ana, cast.ada):
        text = at(other).get(f"/customers/{shop.pk}/timeline/").content.decode()
        assert "大家都知道" in text and "只有我知道" not in text
    assert at(cast.lin).get(f"/customers/{shop.pk}/timeline/").status_code == 404


def test_a_promise_to_pay_stands_on_the_day_it_was_made(shop, cast):
    promise(
        customer=shop, made_by="them", amount=Decimal("1200.00"), due_on=today() + 5 * A_DAY, what="电话", by=cast.tao
    )
    (entry,) = timeline_of(
        [kind for kind in settings.TIMELINE if kind["key"] == "payment"], cast.tao, shop, today(), today()
    )
    assert (entry.at, entry.timed, entry.title, entry.text) == (
        noon_of(today()),
        False,
        "Promised to pay ¥1,200.00: open",
        "电话",
    )


def test_each_entry_has_its_mark_on_the_day_s_place_of_the_axis(shop, cast):
    first = today() - 29 * A_DAY
    for n in range(30):
        day = first + n * A_DAY
        SaleLine.objects.create(customer=shop, sold_on=day, gross=100, run_id=1)
    observe(customer=shop, trait="loyalty", score=80, seen_on=first, seen_by=cast.tao)
    observe(customer=shop, trait="cooperation", score=40, seen_on=today(), seen_by=cast.tao)
    text = at(cast.tao).get(f"/customers/{shop.pk}/timeline/?days=30&kind=seen").content.decode()
    marks = re.findall(r'<circle class="mark (\w*)" cx="([^"]+)" cy="192" r="5" data-tip="([^"]+)"', text)
    assert sorted(marks) == [
        ("bad", "100%", "Observations · cooperation · 40"),
        ("ok", "0%", "Observations · loyalty · 80"),
    ]
    assert 'id="e1"' in text and 'id="e2"' in text


def test_no_more_statements_for_more_entries(shop, cast):
    client = at(cast.tao)

    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(f"/customers/{shop.pk}/timeline/").status_code == 200
        return len(asked)

    def more():
        for n in range(5):
            observe(customer=shop, trait="loyalty", score=50, seen_on=today() - n * A_DAY, seen_by=cast.tao)
            write_note(customer=shop, text=f"第{n}条", by=cast.tao)
            promise(customer=shop, made_by="them", amount=Decimal(10), due_on=today() + A_DAY, what="", by=cast.tao)

    more()
    statements()  # the first one warms what is read once
    few = statements()
    more()
    assert statements() == few


def test_whatever_is_no_window_is_the_usual_one():
    day = datetime.date(2026, 11, 28)
    usual = window_of({}, day)
    assert (usual.since, usual.until, usual.later) == (datetime.date(2026, 8, 31), day, None)
    assert window_of({"days": "7", "until": "gestern"}, day) == usual
    assert window_of({"until": "2099-01-01"}, day) == usual
    earlier = window_of({"days": "30", "until": str(window_of({"days": "30"}, day).earlier)}, day)
    assert (earlier.since, earlier.until, earlier.later) == (
        datetime.date(2026, 9, 30),
        datetime.date(2026, 10, 29),
        day,
    )


def test_a_chip_takes_its_kind_away_and_brings_it_back(shop, cast):
    text = at(cast.tao).get(f"/customers/{shop.pk}/timeline/?kind=note&kind=seen").content.decode()
    assert 'href="?kind=seen"' in text  # without notes
    assert 'href="?kind=note&amp;kind=seen&amp;kind=visit"' in text


def test_the_api_tells_the_same_and_refuses_what_it_cannot_read(shop, cast):
    observe(customer=shop, trait="loyalty", score=80, seen_on=today(), seen_by=cast.tao, note="签了三年")
    client = at(cast.tao)
    path = f"/api/v1/customers/{shop.pk}/timeline/"
    (entry,) = client.get(f"{path}?kind=seen").json()
    assert (entry["kind"], entry["title"], entry["text"], entry["timed"]) == ("seen", "loyalty · 80", "签了三年", False)
    for query, name in (("since=x", "since"), ("since=2020-01-01&until=2021-12-31", "since"), ("kind=gossip", "kind")):
        answer = client.get(f"{path}?{query}")
        assert answer.status_code == 400 and name in str(answer.json())
    assert client.get(f"{path}?limit=1").status_code == 400
    assert at(cast.lin).get(path).status_code == 404


@pytest.mark.parametrize("until", ["0001-01-01", "1999-12-31", "9999-12-31", "2101-01-01"])
def test_a_day_nobody_means_is_the_usual_window(shop, cast, until):
    window = window_of({"until": until}, today())
    assert (window.until, window.days) == (today(), 90)
    assert at(cast.tao).get(f"/customers/{shop.pk}/timeline/?until={until}").status_code == 200


@pytest.mark.parametrize(
    "query,field",
    [
        ("until=0001-01-01", "until"),
        ("since=0001-01-01", "since"),
        ("since=9999-12-31", "since"),
        ("since=9999-12-31&until=9999-12-31", "until"),
        ("until=1999-12-31", "until"),
    ],
)
def test_a_day_nobody_means_is_refused_over_the_api(shop, cast, query, field):
    answer = at(cast.tao).get(f"/api/v1/customers/{shop.pk}/timeline/?{query}")
    assert answer.status_code == 400 and field in answer.content.decode()


@pytest.mark.parametrize(
    "address", ["customers/?updated_since=", "customers/people/?updated_since=", "contacts/?since=", "contacts/?until="]
)
def test_moments_at_the_ends_of_the_calendar_are_refused(cast, address):
    for moment in ("0001-01-01T00:00:00%2B14:00", "0001-01-01", "9999-12-31T23:59:59-12:00", "9999-12-31T23:59:59"):
        assert at(cast.ada).get(f"/api/v1/{address}{moment}").status_code == 400, moment
    assert at(cast.ada).get(f"/api/v1/{address}2026-01-01T00:00:00Z").status_code == 200
