"""The dealers' pages, below /portal/."""

from django.urls import path

from customers.portal import views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("in/<str:token>/", views.enter, name="enter"),
    path("out/", views.leave, name="leave"),
    path("language/", views.language, name="language"),
]
