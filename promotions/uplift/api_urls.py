"""/api/v1/ of what promotions brought."""

from django.urls import path

from promotions.uplift.api import EstimateRecords, PlanOutcomes

urlpatterns = [
    path("promotion-plans/<int:pk>/outcome/", PlanOutcomes.as_view({"get": "list"}), name="promotion-plan-outcome"),
    path("promotion-estimates/", EstimateRecords.as_view({"get": "list"}), name="promotion-estimates"),
]
