"""Plans when two customers become one: all go over; versions and signatures hang on the plan."""

from __future__ import annotations

from crm.merging import move

RULES = [move("promotions.PromotionPlan")]
