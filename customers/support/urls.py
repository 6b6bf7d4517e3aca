"""Pages of the support ledger, below /support/."""

from django.urls import path

from customers.support import rule_views as rules
from customers.support import views

app_name = "support"
urlpatterns = [
    path("", views.request_list, name="list"),
    path("new/", views.ask, name="ask"),
    path("export/", views.export, name="export"),
    path("requests/<int:pk>/", views.detail, name="detail"),
    path("requests/<int:pk>/grant/", views.grant, name="grant"),
    path("requests/<int:pk>/refuse/", views.refuse, name="refuse"),
    path("requests/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("requests/<int:pk>/deliver/", views.deliver, name="deliver"),
    path("requests/<int:pk>/correct/", views.correct, name="correct"),
    path("requests/<int:pk>/book/", views.book, name="book"),
    path("costs/<int:pk>/take-back/", views.take_back, name="take-back"),
    path("customers/<int:pk>/", views.customer_support, name="customer"),
    path("customers/<int:pk>/exceptions/new/", rules.exception_new, name="exception-new"),
    path("exceptions/<int:pk>/approve/", rules.exception_approve, name="exception-approve"),
    path("exceptions/<int:pk>/drop/", rules.exception_drop, name="exception-drop"),
    path("entitlements/", rules.entitlements, name="entitlements"),
    path("entitlements/new/", rules.entitlement_new, name="entitlement-new"),
    path("budgets/", rules.budgets, name="budgets"),
    path("budgets/set/", rules.budget_set, name="budget-set"),
    path("report/", rules.report, name="report"),
]
