"""/api/v1/ of what promotions brought, and how estimates came out."""

from django.urls import path

from promotions.uplift.api import PromotionResults
from promotions.uplift.records_api import EstimateRecords, PlanOutcomes

urlpatterns = [
    path("promotion-plans/<int:pk>/outcome/", PlanOutcomes.as_view({"get": "list"}), name="promotion-plan-outcome"),
    path("promotion-estimates/", EstimateRecords.as_view({"get": "list"}), name="promotion-estimates"),
    path("promotions/<int:pk>/result/", PromotionResults.as_view({"get": "retrieve"}), name="promotion-result"),
    path("promotions/<int:pk>/measure/", PromotionResults.as_view({"post": "measure"}), name="promotion-measure"),
]
