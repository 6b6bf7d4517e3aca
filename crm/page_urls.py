"""Pages of the ground floor."""

from django.urls import path

from crm import views
from crm.accounts import views as accounts
from crm.audit import views as audit
from crm.exports import views as exports
from crm.imports import views as imports
from crm.jobs import views as jobs
from crm.listing import views as listing
from crm.notifications import views as notifications
from crm.shell import design, installing
from crm.today import views as today

app_name = "crm"
urlpatterns = [
    path("", views.home, name="home"),
    path("today/", today.whole, name="today"),
    path("today/team/", today.team, name="today-team"),
    path("today/mark/", today.mark, name="today-mark"),
    path("today/take-back/", today.take_back, name="today-take-back"),
    path("today/hand/", today.hand, name="today-hand"),
    path("search/", views.search, name="search"),
    path("worker.js", installing.worker, name="worker"),
    path("manifest.webmanifest", installing.manifest, name="manifest"),
    path("offline/", installing.offline, name="offline"),
    path("token/", installing.token, name="token"),
    path("preferences/", views.preferences, name="preferences"),
    path("design/", design.page, name="design"),
    path("profile/", accounts.profile, name="profile"),
    path("profile/tokens/", accounts.token_create, name="token-create"),
    path("profile/tokens/<str:digest>/revoke/", accounts.token_revoke, name="token-revoke"),
    path("jobs/", jobs.job_list, name="jobs"),
    path("jobs/bell/", jobs.bell, name="jobs-bell"),
    path("jobs/<int:pk>/", jobs.detail, name="job-detail"),
    path("jobs/<int:pk>/card/", jobs.card, name="job-card"),
    path("jobs/<int:pk>/stop/", jobs.stop, name="job-stop"),
    path("jobs/<int:pk>/retry/", jobs.retry, name="job-retry"),
    path("imports/", imports.import_list, name="imports"),
    path("imports/new/", imports.new, name="import-new"),
    path("imports/template/<slug:kind>/", imports.template, name="import-template"),
    path("imports/<int:pk>/", imports.detail, name="import-detail"),
    path("imports/<int:pk>/map/", imports.map_columns, name="import-map"),
    path("imports/<int:pk>/check/", imports.check, name="import-check"),
    path("imports/<int:pk>/start/", imports.start, name="import-start"),
    path("imports/<int:pk>/undo/", imports.undo, name="import-undo"),
    path("imports/<int:pk>/rejected/", imports.rejected_file, name="import-rejected"),
    path("exports/", exports.export_list, name="exports"),
    path("exports/ask/", exports.ask, name="export-ask"),
    path("exports/<int:pk>/file/", exports.file, name="export-file"),
    path("audit/", audit.log, name="audit"),
    path("notifications/", notifications.notification_list, name="notifications"),
    path("notifications/unread/", notifications.unread, name="notifications-unread"),
    path("notifications/read/", notifications.read_all, name="notifications-read"),
    path("notifications/settings/", notifications.notification_settings, name="notification-settings"),
    path("notifications/<int:pk>/open/", notifications.open_one, name="notification-open"),
    path("views/save/", listing.save, name="views-save"),
    path("views/<int:pk>/delete/", listing.delete, name="views-delete"),
]
