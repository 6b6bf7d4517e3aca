"""/api/v1/ of visits."""

from django.urls import path

from visits.plan.api import Visits, VisitsOfMany
from visits.plan.rhythm_api import CustomerCadence, DueCustomers

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
]
