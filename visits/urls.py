"""Pages of visits."""

from django.urls import path

from visits.agenda import views as agenda
from visits.brief import views as brief
from visits.feed import views as feed
from visits.plan import bulk_views, views

app_name = "visits"
urlpatterns = [
    path("", views.visit_list, name="list"),
    path("plan/", views.plan, name="plan"),
    path("plan/many/", bulk_views.many, name="plan-many"),
    path("customers/<int:pk>/", views.customer_visits, name="customer"),
    path("customers/<int:pk>/brief/", brief.of_customer, name="customer-brief"),
    path("day/", brief.day_sheet, name="day"),
    path("calendar/", feed.page, name="calendar"),
    path("calendar/new/", feed.create, name="calendar-create"),
    path("calendar/revoke/", feed.revoke, name="calendar-revoke"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/goals/", views.take_goal, name="goal-take"),
    path("<int:pk>/done/", views.done, name="done"),
    path("<int:pk>/move/", views.move, name="move"),
    path("<int:pk>/brief/", brief.of_visit, name="brief"),
    path("<int:pk>/answer/accept/", agenda.accept, name="answer-accept"),
    path("<int:pk>/answer/settle/", agenda.settle, name="answer-settle"),
    path("<int:pk>/call-off/", views.call_off, name="call-off"),
    path("<int:pk>/reopen/", views.reopen, name="reopen"),
]
