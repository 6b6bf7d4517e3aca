"""Pages of visits."""

from django.urls import path

from visits.plan import bulk_views, views

app_name = "visits"
urlpatterns = [
    path("", views.visit_list, name="list"),
    path("plan/", views.plan, name="plan"),
    path("plan/many/", bulk_views.many, name="plan-many"),
    path("customers/<int:pk>/", views.customer_visits, name="customer"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/done/", views.done, name="done"),
    path("<int:pk>/move/", views.move, name="move"),
    path("<int:pk>/call-off/", views.call_off, name="call-off"),
    path("<int:pk>/reopen/", views.reopen, name="reopen"),
]
