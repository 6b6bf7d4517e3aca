"""Pages of promotions: reckoned with customers, carried out, measured."""

from django.urls import path

from promotions.budgets import views as budgets
from promotions.calculator.urls import urlpatterns as reckoned
from promotions.learning.urls import urlpatterns as learned
from promotions.rollout import budget_views, bulk_views, part_views, views
from promotions.uplift import views as results

app_name = "promotions"
urlpatterns = [
    *reckoned,
    path("budgets/", budgets.budgets, name="budgets"),
    path("budgets/set/", budgets.budget_set, name="budget-set"),
    path("budgets/<int:pk>/", budgets.detail, name="budget"),
    path("budgets/approvals/<int:pk>/", budgets.approval, name="budget-approval"),
    *learned,
    path("runs/", views.promotion_list, name="runs"),
    path("runs/new/", views.new, name="run-new"),
    path("estimates/", results.estimates, name="estimates"),
    path("calendar/", views.calendar, name="calendar"),
    path("<int:pk>/carry-out/", views.carry_out, name="carry-out"),
    path("runs/<int:pk>/", views.detail, name="run"),
    path("runs/<int:pk>/edit/", views.edit, name="run-edit"),
    path("runs/<int:pk>/who/", views.who, name="run-who"),
    path("runs/<int:pk>/budget/", budget_views.ask, name="run-budget"),
    path("runs/<int:pk>/ask/", views.ask, name="run-ask"),
    path("runs/<int:pk>/send/", bulk_views.send, name="run-send"),
    path("runs/<int:pk>/received/", bulk_views.receive, name="run-receive"),
    path("runs/<int:pk>/answers/", bulk_views.answers, name="run-answers"),
    path("runs/<int:pk>/judge/", bulk_views.judge, name="run-judge"),
    path("runs/<int:pk>/remind/", bulk_views.remind, name="run-remind"),
    path("runs/<int:pk>/close/", views.close, name="run-close"),
    path("runs/<int:pk>/result/", results.result, name="result"),
    path("runs/<int:pk>/measure/", results.measure, name="measure"),
    path("parts/<int:pk>/", part_views.part, name="part"),
    path("parts/<int:pk>/answer/", part_views.answer, name="part-answer"),
    path("parts/<int:pk>/counter/", part_views.take_counter, name="part-counter"),
    path("parts/<int:pk>/received/", part_views.receive, name="part-receive"),
    path("parts/<int:pk>/seen/", part_views.execution, name="part-seen"),
    path("parts/<int:pk>/judge/", part_views.judge, name="part-judge"),
    path("parts/<int:pk>/claim/", part_views.claim, name="part-claim"),
    path("parts/<int:pk>/settle/", part_views.settle, name="part-settle"),
    path("parts/<int:pk>/budget/", budget_views.ask_settling, name="part-budget"),
]
