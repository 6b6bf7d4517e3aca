"""Pages of slumps."""

from django.urls import path

from customers.slumps import views

app_name = "slumps"
urlpatterns = [
    path("", views.slump_list, name="list"),
    path("settings/", views.setting, name="setting"),
    path("calendar/<int:pk>/remove/", views.remove_day, name="remove-day"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/call/", views.call, name="call"),
    path("<int:pk>/diagnose/", views.diagnose, name="diagnose"),
    path("<int:pk>/dismiss/", views.dismiss, name="dismiss"),
    path("<int:pk>/reopen/", views.reopen, name="reopen"),
]
