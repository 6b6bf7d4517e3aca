"""Gathers the slices' models for Django."""

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
    "PromotionLesson",
    "PromotionPlan",
]
