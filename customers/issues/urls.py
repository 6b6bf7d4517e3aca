"""Pages of issues."""

from django.urls import path

from customers.issues import board_views, export_views, figures_views, rule_views, views, work_views

app_name = "issues"
urlpatterns = [
    path("", views.issue_list, name="list"),
    path("new/", views.new, name="new"),
    path("board/", board_views.board, name="board"),
    path("figures/", figures_views.figures, name="figures"),
    path("mirror/", figures_views.mirror, name="mirror"),
    path("mirror/share/", figures_views.share, name="mirror-share"),
    path("mirror/team/", figures_views.team, name="mirror-team"),
    path("times/", rule_views.terms, name="terms"),
    path("times/<int:pk>/drop/", rule_views.drop_time, name="time-drop"),
    path("export/", export_views.export, name="export"),
    path("customers/<int:pk>/", views.customer_issues, name="customer"),
    path("<int:pk>/", work_views.detail, name="detail"),
    path("<int:pk>/edit/", work_views.edit, name="edit"),
    path("<int:pk>/assign/", work_views.assign, name="assign"),
    path("<int:pk>/take/", work_views.take, name="take"),
    path("<int:pk>/begin/", work_views.begin, name="begin"),
    path("<int:pk>/pause/", work_views.pause, name="pause"),
    path("<int:pk>/resume/", work_views.resume, name="resume"),
    path("<int:pk>/cause/", work_views.cause, name="cause"),
    path("<int:pk>/unlink/", work_views.unlink, name="unlink"),
    path("<int:pk>/comment/", work_views.comment, name="comment"),
    path("<int:pk>/solve/", work_views.solve, name="solve"),
    path("<int:pk>/word/", work_views.word, name="word"),
    path("<int:pk>/reopen/", work_views.reopen, name="reopen"),
    path("<int:pk>/reject/", work_views.reject, name="reject"),
]
