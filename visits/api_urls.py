"""/api/v1/ of visits."""

from django.urls import path

from visits.brief.api import BeforeAVisit, VisitBriefs
from visits.plan.api import Visits, VisitsOfMany

urlpatterns = [
    path("visits/", Visits.as_view({"get": "list", "post": "create"}), name="visits"),
    path("visits/<int:pk>/", Visits.as_view({"get": "retrieve", "patch": "partial_update"}), name="visit"),
    path("visits/<int:pk>/done/", Visits.as_view({"post": "done"}), name="visit-done"),
    path("visits/<int:pk>/cancel/", Visits.as_view({"post": "cancel"}), name="visit-cancel"),
    path("visits/<int:pk>/reopen/", Visits.as_view({"post": "reopen"}), name="visit-reopen"),
    path("visits/<int:pk>/brief/", VisitBriefs.as_view({"get": "retrieve"}), name="visit-brief"),
    path("visits/<int:pk>/goals/", VisitBriefs.as_view({"post": "add_goal"}), name="visit-goals"),
    path(
        "customers/<int:pk>/visit-suggestions/",
        BeforeAVisit.as_view({"get": "suggestions"}),
        name="customer-visit-suggestions",
    ),
    path("customers/<int:pk>/findings/", BeforeAVisit.as_view({"get": "findings"}), name="customer-findings"),
    path("bulk/visits/", VisitsOfMany.as_view({"post": "plan"}), name="bulk-visits"),
]
