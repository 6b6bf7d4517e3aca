"""Facts over the API."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from crm.audit.models import AuditEntry
from customers.facts.models import Fact


@pytest.fixture
def api(cast):
    def of(user):
        client = APIClient()
        client.force_authenticate(user)
        return client

    return of


@pytest.fixture
def base(shop):
    return f"/api/v1/customers/{shop.pk}"


def test_write_read_and_history(api, base, cast):
    tao = api(cast.tao)
    made = tao.post(f"{base}/facts/share_of_purchases/", {"value": "45", "source": "seen", "told_by": "店长"})
    assert made.status_code == 201
    assert {
        "field": "share_of_purchases",
        "value": "0.45",
        "shown": "45 %",
        "source": "seen",
    }.items() <= made.json().items()
    again = tao.post(f"{base}/facts/share_of_purchases/", {"value": 50, "seen": made.json()["id"]})
    assert again.json()["value"] == "0.5"
    assert [one["value"] for one in tao.get(f"{base}/facts/").json()] == ["0.5"]
    assert [one["value"] for one in tao.get(f"{base}/facts/share_of_purchases/").json()] == ["0.5", "0.45"]
    assert tao.get(f"{base}/facts/", {"on": "2020-01-01"}).json() == []
    assert tao.get(f"{base}/facts/", {"on": "never"}).status_code == 400


def test_many_choices_and_refusals(api, base, cast):
    tao = api(cast.tao)
    made = tao.post(f"{base}/facts/values_most/", {"value": ["supply", "profit", "other:准时"]}, format="json")
    assert made.json()["value"] == "profit,supply,other:准时"
    refused = tao.post(f"{base}/facts/values_most/", {"value": ["nonsense"]}, format="json")
    assert refused.status_code == 400 and "value" in str(refused.json())
    assert tao.post(f"{base}/facts/nonsense/", {"value": 1}).status_code == 404
    assert tao.post(f"{base}/facts/staff/", {"value": 1, "colour": "red"}).status_code == 400
    assert Fact.objects.count() == 1


def test_a_stale_view_is_refused(api, base, cast, note):
    seen = note("staff", "3")
    note("staff", "4", by=cast.mei)
    refused = api(cast.tao).post(f"{base}/facts/staff/", {"value": 5, "seen": seen.pk})
    assert refused.status_code == 412
    assert Fact.objects.count() == 2


def test_sensitive_values_are_masked_until_revealed(api, base, cast, note, shop):
    note("family", "两个孩子")
    for who in (cast.tao, cast.ana, cast.bot):
        (told,) = api(who).get(f"{base}/facts/").json()
        assert (told["value"], told["shown"], told["is_masked"]) == (None, "•••", True)
    for who in (cast.ana, cast.bot):
        assert api(who).post(f"{base}/facts/family/reveal/").status_code == 403
    assert api(cast.bot).post(f"{base}/facts/family/", {"value": "x"}).status_code == 403
    told = api(cast.tao).post(f"{base}/facts/family/reveal/").json()
    assert (told["value"], told["is_masked"]) == ("两个孩子", False)
    assert AuditEntry.objects.of(shop).filter(action="fact.read").count() == 1
    assert api(cast.lin).post(f"{base}/facts/family/reveal/").status_code == 404


def test_completeness_names_what_to_ask(api, base, cast, note):
    empty = api(cast.tao).get(f"{base}/completeness/").json()
    note("staff", "3")
    told = api(cast.tao).get(f"{base}/completeness/").json()
    assert (empty["known"], told["known"]) == (0, 1) and told["percent"] >= empty["percent"]
    assert "staff" not in [one["field"] for one in told["gaps"]]
    gains = [float(one["gain"]) for one in told["gaps"]]
    assert gains == sorted(gains, reverse=True) and gains[0] > 0
