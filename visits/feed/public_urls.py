"""The one address of visits that needs no signing in: a calendar's, which is a secret."""

from django.urls import path

from visits.feed import views

urlpatterns = [path("<str:token>.ics", views.feed, name="calendar-feed")]
