"""Pages of visits."""

from django.urls import path

from visits.plan import bulk_views, views
from visits.report import views as reports

app_name = "visits"
urlpatterns = [
    path("", views.visit_list, name="list"),
    path("plan/", views.plan, name="plan"),
    path("plan/many/", bulk_views.many, name="plan-many"),
    path("customers/<int:pk>/", views.customer_visits, name="customer"),
    path("customers/<int:pk>/reports/", reports.customer_reports, name="customer-reports"),
    path("report/new/", reports.new, name="report-unplanned"),
    path("<int:pk>/report/", reports.report, name="report"),
    path("<int:pk>/report/new/", reports.new, name="report-new"),
    path("<int:pk>/report/edit/", reports.edit, name="report-edit"),
    path("<int:pk>/report/add/", reports.add, name="report-add"),
    path("<int:pk>/report/photos/", reports.bring_photos, name="report-photos"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/done/", views.done, name="done"),
    path("<int:pk>/move/", views.move, name="move"),
    path("<int:pk>/call-off/", views.call_off, name="call-off"),
    path("<int:pk>/reopen/", views.reopen, name="reopen"),
]
