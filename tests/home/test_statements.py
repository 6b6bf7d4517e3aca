"""No page people live in asks the database more than twelve times, whoever looks; home 51, tiers 13, a card 45."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.periods import Windows
from customers.models import Customer
from customers.profile.actions import assign, create_customer
from customers.relationship.actions import observe
from customers.tiers import actions
from tests.tiers.making import add_months, set_month

MOST = 12
MOST_OF_HOME = 51  # one or two for each kind of thing that may wait: money, silence, visits, reviews …
MOST_OF_THE_CARD = 45  # a statement for each thing it gathers: people, files, payments, promises, visits …


@pytest.fixture
def company(cast, regions, policy):
    """An agent with twelve franchisees below it, in Jiangsu, with sales, observations, a manager and a changed tier."""
    top = create_customer(code="A0", name="代理", kind="agent", region=regions.jiangsu, by=cast.ada)
    rows = [
        create_customer(
            code=f"F{n}", name=f"店{n}", kind="franchisee", region=regions.jiangsu, upstream=top, by=cast.ada
        )
        for n in range(12)
    ]
    assign(customers=[top, *rows], user=cast.tao, since=datetime.date(2026, 1, 1), by=cast.ada)
    months = list(Windows.as_of(datetime.date.today()).w0.months())
    add_months([(row.pk, month, 100_00 + n) for n, row in enumerate(rows) for month in months])
    for row in rows:
        observe(customer=row, trait="loyalty", score=80, seen_on=datetime.date.today(), note="来了", seen_by=cast.tao)
    actions.refresh()
    # A second run of the day changes tiers, so that there is an earlier one to compare with.
    set_month(rows[3].pk, months[0], 900_00)
    actions.refresh()
    return rows


@pytest.mark.parametrize("who", ["ada", "tao", "mei"])
@pytest.mark.parametrize(
    "path", ["/", "/customers/", "/customers/?tier=C", "card", "/customers/tiers/", "/search/?q=店1"]
)
def test_a_page_asks_at_most_twelve_times(sign_in, cast, company, who, path):
    client = sign_in(getattr(cast, who))
    address = f"/customers/{company[5].pk}/" if path == "card" else path
    assert client.get(address).status_code == 200  # the first request after a sign-in keeps its session
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address)
    assert "店" in answer.content.decode()
    most = {"card": MOST_OF_THE_CARD, "/": MOST_OF_HOME, "/customers/tiers/": MOST + 1}.get(path, MOST)
    assert len(asked) <= most, "\n".join(query["sql"][:200] for query in asked)
    assert Customer.objects.count() == 13
