"""/api/v1/ of promises."""

from django.urls import path

from customers.promises.api import Commitments as C

urlpatterns = [
    path("promises/", C.as_view({"get": "list", "post": "create"}), name="commitments"),
    path("promises/<int:pk>/", C.as_view({"get": "retrieve", "patch": "partial_update"}), name="commitment"),
    path("promises/<int:pk>/keep/", C.as_view({"post": "keep"}), name="commitment-keep"),
    path("promises/<int:pk>/break/", C.as_view({"post": "breach"}), name="commitment-break"),
    path("promises/<int:pk>/put-off/", C.as_view({"post": "put_off"}), name="commitment-put-off"),
    path("promises/<int:pk>/take-back/", C.as_view({"post": "take_back"}), name="commitment-take-back"),
    path("promises/<int:pk>/reopen/", C.as_view({"post": "reopen"}), name="commitment-reopen"),
]
