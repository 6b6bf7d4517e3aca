"""Gathers the slices' models for Django."""

from promotions.budgets.models import BudgetApproval, BudgetUse, PromotionBudget
from promotions.calculator.models import PlanSignature, PlanVersion, PromotionPlan
from promotions.learning.models import PromotionLesson
from promotions.policies.answer_models import (
    NoticeAnswer,
    NoticeDelivery,
    NoticeMark,
    NoticeQuestion,
)
from promotions.policies.models import Notice, NoticeClause, NoticeFile, NoticeVersion
from promotions.rollout.models import Execution, Participation, Promotion

__all__ = [
    "BudgetApproval",
    "BudgetUse",
    "Execution",
    "Notice",
    "NoticeAnswer",
    "NoticeClause",
    "NoticeDelivery",
    "NoticeFile",
    "NoticeMark",
    "NoticeQuestion",
    "NoticeVersion",
    "Participation",
    "PlanSignature",
    "PlanVersion",
    "Promotion",
    "PromotionBudget",
    "PromotionLesson",
    "PromotionPlan",
]
