"""Pages of what is learned from promotions."""

from django.urls import path

from promotions.learning import views

urlpatterns = [
    path("quarter/", views.quarter, name="quarter"),
    path("learned/", views.library, name="learned"),
    path("learned/line/", views.line, name="learned-line"),
    path("runs/<int:pk>/lesson/", views.lesson, name="lesson"),
]
