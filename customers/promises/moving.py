"""Promises when two customers become one: all go over."""

from __future__ import annotations

from crm.merging import move

RULES = [move("customers.Commitment")]
