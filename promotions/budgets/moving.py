"""What was promised when two customers become one: it goes over; what a set-aside part held is released with it."""

from __future__ import annotations

from crm.merging import move

RULES = [move("promotions.BudgetUse")]
