"""/api/: the document, its page, and version 1."""

from django.urls import include, path

from crm.accounts.api import People, Regions
from crm.api.documents import Docs, Document
from crm.audit.api import Audit
from crm.exports.api import Exports
from crm.imports.api import Imports
from crm.jobs.api import Jobs
from crm.notifications.api import Notifications

LIST = {"get": "list"}
DETAIL = {"get": "retrieve"}

app_name = "api"
v1 = [
    path("regions/", Regions.as_view(LIST), name="regions"),
    path("regions/<int:pk>/", Regions.as_view(DETAIL), name="region"),
    path("people/", People.as_view(LIST), name="people"),
    path("people/me/", People.as_view({"get": "me"}), name="me"),
    path("people/<int:pk>/", People.as_view(DETAIL), name="person"),
    path("audit/", Audit.as_view(LIST), name="audit"),
    path("jobs/", Jobs.as_view(LIST), name="jobs"),
    path("jobs/<int:pk>/", Jobs.as_view(DETAIL), name="job"),
    path("jobs/<int:pk>/stop/", Jobs.as_view({"post": "stop"}), name="job-stop"),
    path("jobs/<int:pk>/retry/", Jobs.as_view({"post": "retry"}), name="job-retry"),
    path("notifications/", Notifications.as_view(LIST), name="notifications"),
    path("notifications/read/", Notifications.as_view({"post": "read"}), name="notifications-read"),
    path("imports/", Imports.as_view({"get": "list", "post": "create"}), name="imports"),
    path("imports/<int:pk>/", Imports.as_view(DETAIL), name="import"),
    path("imports/<int:pk>/mapping/", Imports.as_view({"post": "mapping"}), name="import-mapping"),
    path("imports/<int:pk>/start/", Imports.as_view({"post": "start"}), name="import-start"),
    path("imports/<int:pk>/undo/", Imports.as_view({"post": "undo"}), name="import-undo"),
    path("imports/<int:pk>/rejected/", Imports.as_view({"get": "rejected"}), name="import-rejected"),
    path("exports/", Exports.as_view({"get": "list", "post": "create"}), name="exports"),
    path("exports/<int:pk>/", Exports.as_view(DETAIL), name="export"),
    path("exports/<int:pk>/file/", Exports.as_view({"get": "file"}), name="export-file"),
]
urlpatterns = [
    path("schema/", Document.as_view(), name="schema"),
    path("docs/", Docs.as_view(), name="docs"),
    path("v1/", include(v1)),
    path("v1/", include("customers.api_urls")),
    path("v1/", include("customers.contacts.api_urls")),
    path("v1/", include("customers.promises.api_urls")),
    path("v1/", include("customers.issues.api_urls")),
    path("v1/", include("customers.surveys.api_urls")),
    path("v1/", include("visits.api_urls")),
    path("v1/", include("promotions.api_urls")),
]
