"""Pages of surveys. Where customers answer stands below /portal/, which knows nobody of ours."""

from django.urls import path

from customers.surveys import asking_views, views

app_name = "surveys"
urlpatterns = [
    path("", views.rounds, name="rounds"),
    path("new/", views.new, name="new"),
    path("templates/", views.templates, name="templates"),
    path("templates/new/", views.template, name="template-new"),
    path("templates/<int:pk>/", views.template, name="template"),
    path("customers/<int:pk>/", views.customer, name="customer"),
    path("invitations/<int:pk>/guess/", asking_views.guess, name="guess"),
    path("invitations/<int:pk>/waive/", asking_views.waive, name="waive"),
    path("invitations/<int:pk>/ask/", asking_views.ask, name="ask"),
    path("invitations/<int:pk>/decline/", asking_views.decline, name="decline"),
    path("<int:pk>/", views.one_round, name="round"),
    path("<int:pk>/links/", views.pass_on, name="links"),
    path("<int:pk>/send/", views.send, name="send"),
    path("<int:pk>/end/", views.end, name="end"),
]
