"""Lessons are our own words about a promotion as a whole."""

from __future__ import annotations

from crm.privacy import table

OURS = "what we write of a promotion as a whole"
WHEN = "when, without who or what, tells nothing"
RULES = [table("promotions.PromotionLesson", plain={OURS: "text", WHEN: "at"})]
