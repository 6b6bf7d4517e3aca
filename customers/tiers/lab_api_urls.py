"""Addresses of the laboratory and of tiers set by hand, over the API."""

from django.urls import path

from customers.tiers.lab_api import TrialKeeping, TrialMoves, Trials
from customers.tiers.override_api import Overrides

BOTH = {"get": "list", "post": "create"}
urlpatterns = [
    path("tiers/lab/", Trials.as_view(BOTH), name="tier-trials"),
    path("tiers/lab/<int:pk>/", Trials.as_view({"get": "retrieve"}), name="tier-trial"),
    path("tiers/lab/<int:pk>/moves/", TrialMoves.as_view({"get": "list"}), name="tier-trial-moves"),
    path("tiers/lab/<int:pk>/churn/", Trials.as_view({"post": "churn"}), name="tier-trial-churn"),
    path("tiers/lab/<int:pk>/keep/", TrialKeeping.as_view({"post": "keep"}), name="tier-trial-keep"),
    path("tiers/policies/<int:pk>/plan/", TrialKeeping.as_view({"post": "plan"}), name="tier-policy-plan"),
    path("tiers/policies/<int:pk>/call-off/", TrialKeeping.as_view({"post": "call_off"}), name="tier-policy-call-off"),
    path("tiers/overrides/", Overrides.as_view(BOTH), name="tier-overrides"),
    path("tiers/overrides/<int:pk>/", Overrides.as_view({"get": "retrieve"}), name="tier-override"),
    path("tiers/overrides/<int:pk>/approve/", Overrides.as_view({"post": "approve"}), name="tier-override-approve"),
    path("tiers/overrides/<int:pk>/refuse/", Overrides.as_view({"post": "refuse"}), name="tier-override-refuse"),
    path("tiers/overrides/<int:pk>/end/", Overrides.as_view({"post": "end"}), name="tier-override-end"),
]
