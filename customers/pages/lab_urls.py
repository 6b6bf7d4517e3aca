"""Addresses of the tier laboratory and of tiers set by hand."""

from django.urls import path

from customers.pages import lab, overrides

urlpatterns = [
    path("tiers/lab/", lab.laboratory, name="tier-lab"),
    path("tiers/lab/<int:pk>/", lab.trial, name="tier-trial"),
    path("tiers/lab/<int:pk>/churn/", lab.churn, name="tier-trial-churn"),
    path("tiers/lab/<int:pk>/keep/", lab.keep, name="tier-trial-keep"),
    path("tiers/policies/<int:pk>/call-off/", lab.call_off, name="tier-policy-call-off"),
    path("tiers/overrides/", overrides.overrides, name="tier-overrides"),
    path("tiers/overrides/<int:pk>/approve/", overrides.approve, name="tier-override-approve"),
    path("tiers/overrides/<int:pk>/refuse/", overrides.refuse, name="tier-override-refuse"),
    path("tiers/overrides/<int:pk>/end/", overrides.end, name="tier-override-end"),
    path("<int:pk>/tier/override/", overrides.propose, name="tier-override-new"),
]
