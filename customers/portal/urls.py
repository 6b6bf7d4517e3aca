"""The dealers' pages, below /portal/."""

from django.urls import path

from customers.portal import issue_views, survey_views, views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("in/<str:token>/", views.enter, name="enter"),
    path("out/", views.leave, name="leave"),
    path("language/", views.language, name="language"),
    path("survey/<str:token>/", survey_views.survey, name="survey"),
    path("issues/", issue_views.issues, name="issues"),
    path("issues/new/", issue_views.new, name="issue-new"),
    path("issues/<int:pk>/", issue_views.issue, name="issue"),
    path("issues/<int:pk>/comment/", issue_views.comment, name="issue-comment"),
    path("issues/<int:pk>/say/", issue_views.say, name="issue-say"),
]
