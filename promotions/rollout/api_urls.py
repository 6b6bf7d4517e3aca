"""/api/v1/ of promotions that are carried out."""

from django.urls import path

from promotions.rollout.api import Promotions
from promotions.rollout.parts_api import Evidence, Participations

ONE = {"get": "retrieve", "patch": "partial_update"}
ACTS = ("open", "ask_over_budget", "close", "call_off", "remind", "send", "receive", "answers", "judge")
STEPS = ("answer", "take_counter", "receive", "judge", "claim", "ask_over_budget", "settle")
HERE = "promotion-participations/"


def said(name: str) -> str:
    return name.replace("_", "-")


urlpatterns = [
    path("promotions/", Promotions.as_view({"get": "list", "post": "create"}), name="promotions"),
    path("promotions/calendar/", Promotions.as_view({"get": "calendar"}), name="promotions-calendar"),
    path("promotions/<int:pk>/", Promotions.as_view(ONE), name="promotion"),
    *(
        path(f"promotions/<int:pk>/{said(name)}/", Promotions.as_view({"post": name}), name=f"promotion-{said(name)}")
        for name in ACTS
    ),
    path(
        "promotion-plans/<int:pk>/carry-out/",
        Promotions.as_view({"post": "carry_out"}),
        name="promotion-plan-carry-out",
    ),
    path(HERE, Participations.as_view({"get": "list"}), name="participations"),
    path(f"{HERE}<int:pk>/", Participations.as_view({"get": "retrieve"}), name="participation"),
    path(f"{HERE}<int:pk>/show/", Evidence.as_view({"post": "show"}), name="participation-show"),
    *(
        path(
            f"{HERE}<int:pk>/{said(name)}/", Participations.as_view({"post": name}), name=f"participation-{said(name)}"
        )
        for name in STEPS
    ),
]
