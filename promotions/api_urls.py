"""/api/v1/ of promotions."""

from django.urls import include, path

urlpatterns = [
    path("", include("promotions.policies.api_urls")),
    path("", include("promotions.budgets.api_urls")),
    path("", include("promotions.calculator.api_urls")),
    path("", include("promotions.rollout.api_urls")),
    path("", include("promotions.uplift.api_urls")),
    path("", include("promotions.learning.api_urls")),
]
