"""/api/v1/ of promotion plans."""

from django.urls import path

from promotions.calculator.api import PromotionPlans

ONE = {"get": "retrieve", "patch": "partial_update"}
ACTS = {"keep": "keep", "show": "show", "sign": "sign", "ask-over-budget": "ask_over_budget", "drop": "drop"}
urlpatterns = [
    path("promotion-plans/", PromotionPlans.as_view({"get": "list", "post": "create"}), name="promotion-plans"),
    path("promotion-plans/reckon/", PromotionPlans.as_view({"post": "reckon"}), name="promotion-plans-reckon"),
    path("promotion-plans/<int:pk>/", PromotionPlans.as_view(ONE), name="promotion-plan"),
    path(
        "promotion-plans/<int:pk>/estimate/",
        PromotionPlans.as_view({"get": "estimate"}),
        name="promotion-plan-estimate",
    ),
    *(
        path(f"promotion-plans/<int:pk>/{said}/", PromotionPlans.as_view({"post": act}), name=f"promotion-plan-{said}")
        for said, act in ACTS.items()
    ),
]
