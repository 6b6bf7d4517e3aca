"""The dealers' pages of visits, below /portal/visits/."""

from django.urls import path

from visits.agenda import portal_views

app_name = "visits_portal"
urlpatterns = [
    path("<int:pk>/", portal_views.visit, name="visit"),
    path("<int:pk>/time/", portal_views.answer, name="answer"),
    path("<int:pk>/points/", portal_views.add_point, name="point"),
]
