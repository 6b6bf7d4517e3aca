"""Budgets over the API: how they stand, setting them, asking to go over them, and the word that comes back."""

from __future__ import annotations

from decimal import Decimal as D

import pytest
from django.urls import reverse

from crm.clock import today
from customers.support.entitling import quarter_of
from promotions.budgets import approving
from promotions.budgets.models import BudgetApproval
from promotions.rollout import actions
from tests.promotions.conftest import at
from tests.promotions.test_budgets import asked, budget, stand, yuan  # noqa: F401 - one is a fixture
from tests.promotions.test_rollout import prepared, shops  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db


def test_budgets_and_approvals_over_the_api(asked, regions, cast):  # noqa: F811
    one = BudgetApproval.objects.get()
    page = at(cast.mei)
    found = page.get("/api/v1/promotion-budgets/").json()["results"]
    assert [(row["region"], row["amount"], row["reserved"], row["left"]) for row in found] == [
        ("JIANGSU", "500.00", "0.00", "500.00")
    ]
    assert at(cast.lin).get("/api/v1/promotion-budgets/").json()["results"] == []
    given = {"region": "JIANGSU", "quarter": str(quarter_of(today())), "tier": "A", "basis": "sales", "rate": "3"}
    answer = page.post("/api/v1/promotion-budgets/", given, content_type="application/json")
    assert (answer.status_code, answer.json()["rate"], answer.json()["amount"]) == (200, "3.00", "0.00")
    refused = page.post("/api/v1/promotion-budgets/", {**given, "rate": "0"}, content_type="application/json")
    assert refused.status_code == 400 and "rate" in refused.content.decode()
    path = f"/api/v1/budget-approvals/{one.pk}/"
    assert page.get(path).json()["over"] == "400.00"
    assert at(cast.lin).get(path).status_code == 404
    decided = page.post(f"{path}decide/", {"agrees": True}, content_type="application/json")
    assert (decided.status_code, decided.json()["state"]) == (200, "approved")
    again = page.post(f"{path}decide/", {"agrees": True}, content_type="application/json")
    assert again.status_code in (400, 409) and BudgetApproval.objects.get().decided_by == cast.mei


JSON = "application/json"


def test_who_opens_asks_to_go_over_it_over_the_api(shops, regions, cast):  # noqa: F811
    budget(regions.jiangsu, 500)
    made = prepared(cast.tao, cost_each=D("300"))
    path, page = f"/api/v1/promotions/{made.pk}/", at(cast.tao)
    refused = page.post(f"{path}open/", {}, JSON)
    assert refused.status_code == 400 and not BudgetApproval.objects.exists()
    for by, code in ((cast.lin, 404), (cast.mei, 404), (cast.ana, 403)):
        assert at(by).post(f"{path}ask-over-budget/", {"why": "新品"}, JSON).status_code == code
    assert page.post(f"{path}ask-over-budget/", {"why": " "}, JSON).status_code == 400
    assert not BudgetApproval.objects.exists()
    answer = page.post(f"{path}ask-over-budget/", {"why": "新品"}, JSON)
    one = BudgetApproval.objects.get()
    assert answer.status_code == 201
    assert [(row["id"], row["needed"], row["over"], row["state"], row["why"]) for row in answer.json()] == [
        (one.pk, "900.00", "400.00", "waiting", "新品")
    ]
    approving.decide(approval=one, agrees=True, by=cast.mei)
    assert page.post(f"{path}open/", {}, JSON).status_code == 200
    late = page.post(f"{path}ask-over-budget/", {"why": "新品"}, JSON)
    assert late.status_code == 400 and BudgetApproval.objects.count() == 1


def test_who_signs_asks_to_go_over_it_over_the_api(shown, regions, cast):
    budget(regions.jiangsu, 600, day=shown.starts_on)
    path, page = f"/api/v1/promotion-plans/{shown.pk}/", at(cast.tao)
    none = page.post(f"{path}ask-over-budget/", {"why": "老客户", "variant": 9}, JSON)
    assert none.status_code == 400 and "variant" in none.content.decode()
    assert at(cast.lin).post(f"{path}ask-over-budget/", {"why": "老客户", "variant": 0}, JSON).status_code == 404
    answer = page.post(f"{path}ask-over-budget/", {"why": "老客户", "variant": 0}, JSON)
    assert [(row["source"], row["ref"], row["over"]) for row in answer.json()] == [("plan", shown.pk, "237.00")]
    budget(regions.jiangsu, 5_000, day=shown.starts_on)
    fits = page.post(f"{path}ask-over-budget/", {"why": "老客户", "variant": 0}, JSON)
    assert fits.status_code == 400 and BudgetApproval.objects.count() == 1


def test_a_customer_that_comes_back_beyond_the_budget(shops, regions, cast):  # noqa: F811
    """The page leads to a head, and the head's word for this customer alone lets them take part."""
    held = budget(regions.jiangsu, 900)
    made = prepared(cast.tao, cost_each=D("300"))
    actions.open_promotion(promotion=made, by=cast.tao)
    part = made.participations.order_by("pk").first()
    actions.answer(participation=part, answer="declined", told_by="王", by=cast.tao)
    budget(regions.jiangsu, 700)
    page = at(cast.tao)
    accept = {"answer": "accepted", "counter": "", "told_by": "王"}
    answer = page.post(reverse("promotions:part-answer", args=[part.pk]), accept)
    ask = reverse("promotions:part-budget", args=[part.pk]) + "?total=300.00"
    part.refresh_from_db()
    assert (answer.status_code, answer["Location"], part.answer) == (302, ask, "declined")
    assert page.get(ask).status_code == 200
    for odd in ("", "x", "0", "-1", "NaN", "Infinity", "1e40"):
        assert page.get(ask.split("=")[0] + f"={odd}").status_code == 404, odd
    path = f"/api/v1/promotion-participations/{part.pk}/ask-over-budget/"
    assert page.post(path, {"why": "想回来", "total": "0"}, JSON).status_code == 400
    question = page.post(path, {"why": "想回来", "total": "300"}, JSON)
    assert [(row["source"], row["needed"], row["over"]) for row in question.json()] == [("part", "300.00", "200.00")]
    approving.decide(approval=BudgetApproval.objects.get(), agrees=True, by=cast.mei)
    page.post(reverse("promotions:part-answer", args=[part.pk]), accept)
    part.refresh_from_db()
    assert part.answer == "accepted" and stand(held) == yuan(600, 300, 0, -200)
    actions.close_promotion(promotion=made, by=cast.tao)
    assert page.post(path, {"why": "想回来", "total": "9000"}, JSON).status_code == 400
    assert page.get(ask).status_code == 404 and BudgetApproval.objects.count() == 1
