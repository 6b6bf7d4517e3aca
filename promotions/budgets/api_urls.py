"""/api/v1/ of promotion budgets."""

from django.urls import path

from promotions.budgets.api import BudgetApprovals, PromotionBudgets

urlpatterns = [
    path("promotion-budgets/", PromotionBudgets.as_view({"get": "list", "post": "create"}), name="promotion-budgets"),
    path("promotion-budgets/<int:pk>/", PromotionBudgets.as_view({"get": "retrieve"}), name="promotion-budget"),
    path("budget-approvals/", BudgetApprovals.as_view({"get": "list"}), name="budget-approvals"),
    path("budget-approvals/<int:pk>/", BudgetApprovals.as_view({"get": "retrieve"}), name="budget-approval"),
    path(
        "budget-approvals/<int:pk>/decide/", BudgetApprovals.as_view({"post": "decide"}), name="budget-approval-decide"
    ),
]
