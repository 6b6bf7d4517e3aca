"""Tiers over the API."""

from __future__ import annotations

import datetime

import pytest

from crm.audit.models import AuditEntry
from crm.jobs.models import Job
from crm.jobs.runner import drain
from customers.models import TierPolicy, TierRun
from customers.tiers import actions

URL = "/api/v1/tiers/"


@pytest.fixture
def ran(shops, policy):
    """Tiers of today, over sales of the last twelve months."""
    from crm.api.bulk import take
    from crm.clock import today
    from crm.periods import month_of, shift_month

    month = shift_month(month_of(today()), -3)
    days = [
        {"customer_code": code, "date": month, "amount": amount}
        for code, amount in (("E1", "300.00"), ("E2", "100.00"), ("W1-SECRET", "200.00"))
    ]
    take(kind="sales", rows=days, columns=["customer_code", "date", "amount"], by=None)
    return actions.refresh(full=True)


def test_the_standing_is_that_of_ones_reach(bot, api, ran):
    rows = bot.get(f"{URL}standing/").json()["results"]
    assert [(row["code"], row["sales"], row["tier"], row["growth"]) for row in rows] == [
        ("E1", "300.00", "A", None),
        ("E2", "100.00", "C", None),
    ]
    everybody = api("ana", "read").get(f"{URL}standing/?ordering=-sales&fields=code").json()["results"]
    assert everybody == [{"code": "E1"}, {"code": "W1-SECRET"}, {"code": "E2"}]
    assert [r["code"] for r in bot.get(f"{URL}standing/?tier=C").json()["results"]] == ["E2"]
    assert bot.get(f"{URL}standing/?region=WEST").json()["results"] == []


def test_customers_carry_their_standing(bot, shops, ran):
    standing = bot.get(f"/api/v1/customers/{shops.own.pk}/").json()["standing"]
    assert (standing["tier"], standing["sales"], standing["previous_sales"]) == ("A", "300.00", "0.00")
    found = bot.get("/api/v1/customers/?tier=A&fields=code").json()["results"]
    assert found == [{"code": "E1"}]


def test_decisions_keep_their_evidence(bot, shops, ran):
    (decision,) = bot.get(f"/api/v1/customers/{shops.own.pk}/tier/decisions/").json()["results"]
    assert (decision["tier"], decision["rank"], decision["ranked"], decision["cutoff"]) == ("A", 1, 3, "300.00")
    assert (decision["policy"], decision["policy_version"], decision["run"]) == ("article", 1, ran.pk)


def test_the_explanation_is_that_of_the_page(bot, shops, ran):
    told = bot.get(f"/api/v1/customers/{shops.other.pk}/tier/").json()
    assert (told["tier"], told["reason"], told["rank"], told["ranked"], told["k"]) == (
        "C",
        "not_yet_judgeable",
        3,
        3,
        1,
    )
    assert (told["sales"], told["cutoff"]) == ("100.00", "300.00")
    sales = told["conditions"][0]
    assert sales == {"code": "sales", "tier": "A", "met": False, "value": "100.00", "needed": "300.00"}
    assert (told["way_up"]["to_a"]["code"], told["way_up"]["to_a"]["amount"]) == ("sell_more", "200.00")
    assert told["cooperation"]["known"] is False
    assert bot.get(f"/api/v1/customers/{shops.foreign.pk}/tier/").status_code == 404
    assert bot.get(f"/api/v1/customers/{shops.own.pk}/tier/?as_of=2001-01-01").status_code == 404
    assert bot.get(f"/api/v1/customers/{shops.own.pk}/tier/?as_of=x").status_code == 400
    assert bot.get(f"/api/v1/customers/{shops.own.pk}/tier/?day=x").status_code == 400


def test_runs_are_for_those_who_see_the_whole_brand(bot, api, ran):
    ana = api("ana", "read")
    (run,) = ana.get(f"{URL}runs/").json()["results"]
    assert (run["id"], run["a"], run["c"], run["cutoff"]) == (ran.pk, 1, 2, "300.00")
    assert ana.get(f"{URL}runs/{ran.pk}/").status_code == 200
    assert bot.get(f"{URL}runs/").json()["results"] == []
    assert bot.get(f"{URL}runs/{ran.pk}/").status_code == 404


def test_a_run_is_asked_for_as_a_job(api, cast, ran):
    ada = api("ada")
    answer = ada.post(f"{URL}runs/", {"as_of": "2026-01-31", "policy": "article:1"})
    assert answer.status_code == 202, answer.content
    assert answer["Location"] == f"/api/v1/jobs/{answer.json()['id']}/"
    drain()
    job = ada.get(answer["Location"]).json()
    assert (job["state"], job["result"]["as_of"]) == ("done", "2026-01-31")
    assert ada.get(f"{URL}runs/{job['result']['run']}/").json()["mode"] == "replay"
    assert AuditEntry.objects.filter(action="tier_run.ask", actor=cast.ada).count() == 1


@pytest.mark.parametrize(
    "who,body,status,field",
    [
        ("bot", {}, 403, "detail"),
        ("mei", {}, 403, "detail"),
        ("ana", {}, 403, "detail"),
        ("ada", {"policy": "nothing"}, 400, "policy"),
        ("ada", {"policy": "article:9"}, 400, "policy"),
        ("ada", {"as_of": "today"}, 400, "as_of"),
        ("ada", {"day": "2026-01-01"}, 400, "day"),
    ],
)
def test_refused_runs_leave_no_job(api, ran, who, body, status, field):
    before, runs = Job.objects.count(), TierRun.objects.count()
    answer = api(who).post(f"{URL}runs/", body)
    assert (answer.status_code, list(answer.json())) == (status, [field])
    assert (Job.objects.count(), TierRun.objects.count()) == (before, runs)


def test_everybody_reads_the_policies(bot, policy):
    (row,) = bot.get(f"{URL}policies/").json()["results"]
    assert (row["code"], row["top_share"], row["growth"], row["adopted"]) == ("article", "0.2000", "0.1000", True)


def test_administrators_write_and_adopt_them(api, cast, policy):
    ada = api("ada")
    answer = ada.post(f"{URL}policies/", {"code": "article", "top_share": "0.25", "note": "wider"})
    assert answer.status_code == 201, answer.content
    made = TierPolicy.objects.get(version=2)
    assert (answer.json()["version"], answer.json()["adopted"], str(made.top_share)) == (2, False, "0.2500")
    adopted = ada.post(f"{URL}policies/{made.pk}/adopt/")
    assert (adopted.status_code, adopted.json()["adopted"]) == (200, True)
    assert TierPolicy.objects.adopted() == made
    assert Job.objects.get().kind == "tiers.refresh"
    again = ada.post(f"{URL}policies/{made.pk}/adopt/")
    assert (again.status_code, again.json()) == (400, {"non_field_errors": ["This policy is in force already."]})


@pytest.mark.parametrize("who,scope", [("mei", "write"), ("ana", "write"), ("bot", "write"), ("ada", "read")])
def test_nobody_else_does(api, policy, who, scope):
    client = api(who, scope)
    assert client.post(f"{URL}policies/", {"code": "mine"}).status_code == 403
    assert client.post(f"{URL}policies/{policy.pk}/adopt/").status_code in (403, 404)
    assert TierPolicy.objects.count() == 1


@pytest.mark.parametrize(
    "body,field",
    [
        ({"code": "x", "top_share": "1.01"}, "top_share"),
        ({"code": "x", "growth": "-0.1"}, "growth"),
        ({"code": "not a slug"}, "code"),
        ({"code": "x", "options": {"unheard_of": True}}, "options"),
        ({"code": "x", "adopted_at": datetime.date(2026, 1, 1)}, "adopted_at"),
    ],
)
def test_policies_that_cannot_be(api, policy, body, field):
    answer = api("ada").post(f"{URL}policies/", body)
    assert (answer.status_code, list(answer.json())) == (400, [field])
    assert TierPolicy.objects.count() == 1
