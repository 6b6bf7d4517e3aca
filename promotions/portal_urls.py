"""The dealers' pages of promotions, below /portal/promotions/."""

from django.urls import path

from promotions.calculator.portal_urls import urlpatterns as reckoned
from promotions.rollout import portal_views

app_name = "promotions_portal"
urlpatterns = [
    *reckoned,
    path("runs/<int:pk>/", portal_views.run, name="run"),
    path("runs/<int:pk>/answer/", portal_views.answer, name="run-answer"),
    path("runs/<int:pk>/received/", portal_views.received, name="run-received"),
    path("runs/<int:pk>/seen/", portal_views.execution, name="run-seen"),
    path("runs/<int:pk>/claim/", portal_views.claim, name="run-claim"),
]
