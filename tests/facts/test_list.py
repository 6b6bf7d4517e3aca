"""Profiles in the customers list: how complete, and which lack a fact; no statement more as rows grow."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.clock import today
from customers.facts import reading
from customers.profile.actions import create_customer


def test_the_column_says_how_complete(sign_in, cast, shop, note):
    note("staff", "3")
    complete = reading.completeness(shop, "", reading.current(shop), today())
    page = sign_in(cast.mei).get("/customers/?cols=code,complete").content.decode()
    assert f"{complete.percent} %" in page and "Profile known" in page
    assert "Profile known" not in sign_in(cast.mei).get("/customers/").content.decode().split("<table")[1]


def test_those_of_whom_something_is_not_known(sign_in, cast, shop, note, regions):
    other = create_customer(code="S2", name="另一家", kind="franchisee", region=regions.jiangsu)
    note("credit_limit", "5000")
    client = sign_in(cast.mei)
    page = client.get("/customers/?lacks=credit_limit").content.decode()
    assert "另一家" in page and "张三鲜" not in page
    rows = client.get("/api/v1/customers/?lacks=credit_limit").json()["results"]
    assert [(one["code"], one["profile"]["known"]) for one in rows] == [(other.code, 0)]
    assert client.get("/api/v1/customers/?lacks=nonsense").status_code == 400
    note("credit_limit", "")
    assert len(client.get("/api/v1/customers/?lacks=credit_limit").json()["results"]) == 2


@pytest.mark.parametrize("path", ["/customers/?cols=complete", "/api/v1/customers/"])
def test_a_longer_list_asks_no_more(sign_in, cast, regions, shop, path):
    client = sign_in(cast.mei)
    client.get(path)
    with CaptureQueriesContext(connection) as few:
        client.get(path)
    for n in range(20):
        create_customer(code=f"N{n}", name=f"N{n}", kind="franchisee", region=regions.jiangsu)
    with CaptureQueriesContext(connection) as many:
        client.get(path)
    assert len(many) == len(few)
