"""/api/v1/ of issues."""

from django.urls import path

from customers.issues.api import Issues

urlpatterns = [
    path("issues/", Issues.as_view({"get": "list", "post": "create"}), name="issues"),
    path("issues/<int:pk>/", Issues.as_view({"get": "retrieve", "patch": "partial_update"}), name="issue"),
    *(
        path(f"issues/<int:pk>/{name}/", Issues.as_view({"post": name}), name=f"issue-{name}")
        for name in ("comment", "begin", "assign", "solve", "reject", "reopen", "word")
    ),
]
