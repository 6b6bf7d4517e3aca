"""Support when two customers become one: all goes over; what was granted counts where and when it was granted."""

from __future__ import annotations

from crm.merging import move

RULES = [move("customers.SupportRequest"), move("customers.EntitlementException")]
"""Costs hang on their request and follow it."""
