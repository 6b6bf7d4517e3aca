"""Pages of issues."""

from django.urls import path

from customers.issues import export_views, views, work_views

app_name = "issues"
urlpatterns = [
    path("", views.issue_list, name="list"),
    path("new/", views.new, name="new"),
    path("figures/", views.figures, name="figures"),
    path("times/", views.terms, name="terms"),
    path("export/", export_views.export, name="export"),
    path("customers/<int:pk>/", views.customer_issues, name="customer"),
    path("<int:pk>/", work_views.detail, name="detail"),
    path("<int:pk>/edit/", work_views.edit, name="edit"),
    path("<int:pk>/assign/", work_views.assign, name="assign"),
    path("<int:pk>/take/", work_views.take, name="take"),
    path("<int:pk>/begin/", work_views.begin, name="begin"),
    path("<int:pk>/comment/", work_views.comment, name="comment"),
    path("<int:pk>/solve/", work_views.solve, name="solve"),
    path("<int:pk>/word/", work_views.word, name="word"),
    path("<int:pk>/reopen/", work_views.reopen, name="reopen"),
    path("<int:pk>/reject/", work_views.reject, name="reject"),
]
