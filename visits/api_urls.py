"""/api/v1/ of visits."""

from django.urls import path

from visits.plan.api import Visits, VisitsOfMany
from visits.plan.rhythm_api import CustomerCadence, DueCustomers
from visits.planning.api import PlanDrafts

urlpatterns = [
    path("visits/", Visits.as_view({"get": "list", "post": "create"}), name="visits"),
    path("visits/<int:pk>/", Visits.as_view({"get": "retrieve", "patch": "partial_update"}), name="visit"),
    path("visits/<int:pk>/done/", Visits.as_view({"post": "done"}), name="visit-done"),
    path("visits/<int:pk>/cancel/", Visits.as_view({"post": "cancel"}), name="visit-cancel"),
    path("visits/<int:pk>/reopen/", Visits.as_view({"post": "reopen"}), name="visit-reopen"),
    path("visits/due/", DueCustomers.as_view({"get": "list"}), name="visits-due"),
    path(
        "customers/<int:pk>/cadence/",
        CustomerCadence.as_view({"get": "retrieve", "post": "create"}),
        name="customer-cadence",
    ),
    path("customers/<int:pk>/cadence/end/", CustomerCadence.as_view({"post": "end"}), name="customer-cadence-end"),
    path("bulk/visits/", VisitsOfMany.as_view({"post": "plan"}), name="bulk-visits"),
    path("plan-drafts/", PlanDrafts.as_view({"get": "list", "post": "create"}), name="plan-drafts"),
    path("plan-drafts/<int:pk>/", PlanDrafts.as_view({"get": "retrieve"}), name="plan-draft"),
    path("plan-drafts/<int:pk>/accept/", PlanDrafts.as_view({"post": "accept"}), name="plan-draft-accept"),
    path("plan-drafts/<int:pk>/discard/", PlanDrafts.as_view({"post": "discard"}), name="plan-draft-discard"),
    path("plan-drafts/<int:pk>/undo/", PlanDrafts.as_view({"post": "undo"}), name="plan-draft-undo"),
    path("customers/<int:pk>/visit-places/", PlanDrafts.as_view({"get": "places"}), name="visit-places"),
]
