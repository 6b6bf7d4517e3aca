"""/api/v1/ of visits."""

from django.urls import path

from visits.brief.api import BeforeAVisit, VisitBriefs
from visits.plan.api import Visits, VisitsOfMany
from visits.plan.rhythm_api import CustomerCadence, DueCustomers
from visits.planning.api import PlanDrafts
from visits.planning.trip_api import Trips
from visits.report.api import Reports

urlpatterns = [
    path("visits/", Visits.as_view({"get": "list", "post": "create"}), name="visits"),
    path("visits/<int:pk>/", Visits.as_view({"get": "retrieve", "patch": "partial_update"}), name="visit"),
    path("visits/<int:pk>/done/", Visits.as_view({"post": "done"}), name="visit-done"),
    path("visits/<int:pk>/cancel/", Visits.as_view({"post": "cancel"}), name="visit-cancel"),
    path("visits/<int:pk>/reopen/", Visits.as_view({"post": "reopen"}), name="visit-reopen"),
    path("visit-reports/", Reports.as_view({"get": "list", "post": "create"}), name="visit-reports"),
    path(
        "visit-reports/<int:pk>/", Reports.as_view({"get": "retrieve", "patch": "partial_update"}), name="visit-report"
    ),
    path("visit-reports/<int:pk>/additions/", Reports.as_view({"post": "add"}), name="visit-report-add"),
    path("visits/due/", DueCustomers.as_view({"get": "list"}), name="visits-due"),
    path(
        "customers/<int:pk>/cadence/",
        CustomerCadence.as_view({"get": "retrieve", "post": "create"}),
        name="customer-cadence",
    ),
    path("customers/<int:pk>/cadence/end/", CustomerCadence.as_view({"post": "end"}), name="customer-cadence-end"),
    path("visits/<int:pk>/brief/", VisitBriefs.as_view({"get": "retrieve"}), name="visit-brief"),
    path("visits/<int:pk>/goals/", VisitBriefs.as_view({"post": "add_goal"}), name="visit-goals"),
    path(
        "customers/<int:pk>/visit-suggestions/",
        BeforeAVisit.as_view({"get": "suggestions"}),
        name="customer-visit-suggestions",
    ),
    path("customers/<int:pk>/findings/", BeforeAVisit.as_view({"get": "findings"}), name="customer-findings"),
    path("bulk/visits/", VisitsOfMany.as_view({"post": "plan"}), name="bulk-visits"),
    path("plan-drafts/", PlanDrafts.as_view({"get": "list", "post": "create"}), name="plan-drafts"),
    path("plan-drafts/<int:pk>/", PlanDrafts.as_view({"get": "retrieve"}), name="plan-draft"),
    path("plan-drafts/<int:pk>/accept/", PlanDrafts.as_view({"post": "accept"}), name="plan-draft-accept"),
    path("plan-drafts/<int:pk>/discard/", PlanDrafts.as_view({"post": "discard"}), name="plan-draft-discard"),
    path("plan-drafts/<int:pk>/undo/", PlanDrafts.as_view({"post": "undo"}), name="plan-draft-undo"),
    path("trips/", Trips.as_view({"get": "list", "post": "create"}), name="trips"),
    path("trips/<int:pk>/", Trips.as_view({"get": "retrieve"}), name="trip"),
    path("trips/<int:pk>/remove/", Trips.as_view({"post": "remove"}), name="trip-remove"),
    path("customers/<int:pk>/visit-places/", PlanDrafts.as_view({"get": "places"}), name="visit-places"),
]
