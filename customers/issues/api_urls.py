"""/api/v1/ of issues."""

from django.urls import path

from customers.issues.api import Issues
from customers.issues.figures_api import Causes, OwnMirror, TeamMirrors, Times

ACTS = (
    "comment",
    "begin",
    "assign",
    "pause",
    "resume",
    "solve",
    "reject",
    "reopen",
    "word",
    "cause",
    "unlink",
)
urlpatterns = [
    path("issues/", Issues.as_view({"get": "list", "post": "create"}), name="issues"),
    path("issues/causes/", Causes.as_view({"get": "list"}), name="issue-causes"),
    path("issues/times/", Times.as_view({"get": "list"}), name="issue-times"),
    path("issues/mirror/", OwnMirror.as_view({"get": "read", "put": "share"}), name="issue-mirror"),
    path("issues/mirror/team/", TeamMirrors.as_view({"get": "read"}), name="issue-mirror-team"),
    path("issues/<int:pk>/", Issues.as_view({"get": "retrieve", "patch": "partial_update"}), name="issue"),
    *(path(f"issues/<int:pk>/{name}/", Issues.as_view({"post": name}), name=f"issue-{name}") for name in ACTS),
]
