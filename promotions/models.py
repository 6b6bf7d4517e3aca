"""Gathers the slices' models for Django."""

from promotions.calculator.models import PlanSignature, PlanVersion, PromotionPlan
from promotions.policies.answer_models import (
    NoticeAnswer,
    NoticeDelivery,
    NoticeMark,
    NoticeQuestion,
)
from promotions.policies.models import Notice, NoticeClause, NoticeFile, NoticeVersion

__all__ = [
    "Notice",
    "NoticeAnswer",
    "NoticeClause",
    "NoticeDelivery",
    "NoticeFile",
    "NoticeMark",
    "NoticeQuestion",
    "NoticeVersion",
    "PlanSignature",
    "PlanVersion",
    "PromotionPlan",
]
