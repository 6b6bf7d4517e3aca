"""Support over the API: the same rules as on the pages."""

from __future__ import annotations

import pytest

from crm.clock import today
from customers.models import SupportRequest
from customers.support import actions
from customers.support.entitling import quarter_of
from tests.support.conftest import asked, at, yuan

pytestmark = pytest.mark.django_db
URL = "/api/v1/support-requests/"
SENT = {"content_type": "application/json"}


def test_asked_granted_booked_and_corrected(shops, cast, entitled, budgets):
    client = at(cast.tao)
    body = {"customer": shops[0].pk, "category": "publicity", "what": "海报", "asked_amount": "3400.00"}
    made = client.post(URL, body, **SENT)
    row = made.json()
    assert (made.status_code, row["state"], row["kind"], row["asked_amount"]) == (201, "asked", "operating", "3400.00")
    one = f"{URL}{row['id']}/"
    granted = client.post(f"{one}grant/", {"granted_amount": "3000.00"}, **SENT).json()
    assert (granted["state"], granted["used"], granted["tier"], granted["region"]) == (
        "partly",
        "3000.00",
        "A",
        "JIANGSU",
    )
    booked = client.post(f"{one}costs/", {"amount": "3100.00", "note": "运费"}, **SENT).json()
    assert (booked["booked"], booked["used"], booked["costs"][0]["amount"]) == ("3100.00", "3100.00", "3100.00")
    assert client.post(f"{one}deliver/", {}, **SENT).json()["delivered_on"] == str(today())
    assert client.post(f"{one}withdraw/", {"reason": "x"}, **SENT).status_code == 400
    assert client.post(f"{one}correct/", {"reason": "x", "what": "y"}, **SENT).status_code == 428
    tag = client.get(one)["ETag"]
    refused = client.post(f"{one}correct/", {"reason": "x", "what": "y"}, headers={"If-Match": tag}, **SENT)
    assert refused.status_code == 400
    other = asked(shops[0], cast.tao)
    fixed = client.post(
        f"{URL}{other.pk}/correct/", {"reason": "写错", "asked_amount": "50.00"}, headers={"If-Match": "*"}, **SENT
    )
    assert (fixed.status_code, fixed.json()["corrects"], fixed.json()["asked_amount"]) == (201, other.pk, "50.00")


def test_over_the_budget_is_refused_and_nothing_written(shops, cast, budgets):
    row = asked(shops[0], cast.tao, "9000")
    answer = at(cast.mei).post(f"{URL}{row.pk}/grant/", {}, **SENT)
    assert (answer.status_code, list(answer.json())) == (400, ["granted_amount"])
    row.refresh_from_db()
    assert (row.state, row.version) == ("asked", 1)
    over = at(cast.mei).post(f"{URL}{row.pk}/grant/", {"over_reason": "周年庆"}, **SENT).json()
    assert (over["over_budget"], over["over_reason"]) == (True, "周年庆")
    found = at(cast.mei).get(f"{URL}?over_budget=true").json()["results"]
    assert [one["id"] for one in found] == [row.pk]


def test_others_find_nothing_and_readers_change_nothing(shops, cast):
    row = asked(shops[0], cast.tao)
    one = f"{URL}{row.pk}/"
    assert at(cast.lin).get(one).status_code == 404 and at(cast.ana).get(one).status_code == 200
    for path in ("grant/", "refuse/", "withdraw/", "deliver/", "costs/", "correct/"):
        assert at(cast.ana).post(f"{one}{path}", {"reason": "x", "amount": "1.00"}, **SENT).status_code == 403
        assert at(cast.lin).post(f"{one}{path}", {"reason": "x", "amount": "1.00"}, **SENT).status_code == 404
    assert at(cast.mei).post(f"{one}refuse/", {"reason": ""}, **SENT).status_code == 400
    assert SupportRequest.objects.get().state == "asked"


def test_entitlements_and_what_is_left(shops, cast, entitled):
    actions.grant(request=asked(shops[0], cast.tao), by=cast.tao)
    found = at(cast.tao).get(f"/api/v1/customers/{shops[0].pk}/entitlements/").json()
    lines = {one["gives"]: (one["amount"], one["used"], one["left"], one["unit"]) for one in found["lines"]}
    assert (found["tier"], lines["promotion"]) == ("A", ("12000.00", "3400.00", "8600.00", "money"))
    assert lines["materials"] == ("8.00", "0.00", "8.00", "percent")
    assert at(cast.lin).get(f"/api/v1/customers/{shops[0].pk}/entitlements/").status_code == 404
    rows = at(cast.tao).get("/api/v1/entitlements/?tier=B").json()["results"]
    assert [(one["gives"], one["amount"], one["period"]) for one in rows] == [("promotion", "4000.00", "quarter")]


def test_budgets(shops, cast, budgets):
    url, quarter = "/api/v1/support-budgets/", str(quarter_of(today()))
    assert [one["region"] for one in at(cast.mei).get(url).json()["results"]] == ["EAST", "JIANGSU"]
    assert at(cast.lin).get(url).json()["results"] == []
    body = {"region": "JIANGSU", "quarter": quarter, "amount": "9000.00"}
    assert at(cast.mei).post(url, body, **SENT).json()["version"] == 2
    assert at(cast.ana).post(url, body, **SENT).status_code == 403
    assert at(cast.lin).post(url, body, **SENT).status_code == 400
    budgets[1].refresh_from_db()
    assert budgets[1].amount == yuan(9000)
