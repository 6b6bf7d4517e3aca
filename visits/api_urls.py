"""/api/v1/ of visits."""

from django.urls import path

from visits.plan.api import Visits, VisitsOfMany

urlpatterns = [
    path("visits/", Visits.as_view({"get": "list", "post": "create"}), name="visits"),
    path("visits/<int:pk>/", Visits.as_view({"get": "retrieve", "patch": "partial_update"}), name="visit"),
    path("visits/<int:pk>/done/", Visits.as_view({"post": "done"}), name="visit-done"),
    path("visits/<int:pk>/cancel/", Visits.as_view({"post": "cancel"}), name="visit-cancel"),
    path("visits/<int:pk>/reopen/", Visits.as_view({"post": "reopen"}), name="visit-reopen"),
    path("bulk/visits/", VisitsOfMany.as_view({"post": "plan"}), name="bulk-visits"),
]
