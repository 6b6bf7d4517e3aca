"""/api/v1/ of what is learned from promotions."""

from django.urls import path

from promotions.learning.api import LearnedLines, PromotionLessons, QuarterActions

urlpatterns = [
    path("promotion-quarter/", QuarterActions.as_view({"get": "list"}), name="promotion-quarter"),
    path("promotion-learning/", LearnedLines.as_view({"get": "list"}), name="promotion-learning"),
    path("promotion-lessons/", PromotionLessons.as_view({"get": "list", "post": "create"}), name="promotion-lessons"),
    path("promotion-lessons/<int:pk>/", PromotionLessons.as_view({"get": "retrieve"}), name="promotion-lesson"),
]
