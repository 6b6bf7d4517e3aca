"""/api/: the document, its page, and version 1."""

from django.urls import include, path

app_name = "api"
urlpatterns = [
    path("v1/", include("customers.api_urls")),
]
