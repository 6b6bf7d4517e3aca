"""Pages of slumps."""

from django.urls import path

from customers.slumps import views, watchviews

app_name = "slumps"
urlpatterns = [
    path("", views.slump_list, name="list"),
    path("settings/", watchviews.setting, name="setting"),
    path("calendar/<int:pk>/remove/", watchviews.remove_day, name="remove-day"),
    path("schools/<int:pk>/remove/", watchviews.remove_school_holiday, name="remove-school"),
    path("causes/", watchviews.cause_tree, name="causes"),
    path("causes/add/", watchviews.add_cause, name="add-cause"),
    path("causes/<int:pk>/", watchviews.change_cause, name="cause"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/call/", views.call, name="call"),
    path("<int:pk>/diagnose/", views.diagnose, name="diagnose"),
    path("<int:pk>/dismiss/", views.dismiss, name="dismiss"),
    path("<int:pk>/reopen/", views.reopen, name="reopen"),
]
