"""/api/v1/ of what promotions brought."""

from django.urls import path

from promotions.uplift.api import PromotionResults

urlpatterns = [
    path("promotions/<int:pk>/result/", PromotionResults.as_view({"get": "retrieve"}), name="promotion-result"),
    path("promotions/<int:pk>/measure/", PromotionResults.as_view({"post": "measure"}), name="promotion-measure"),
]
