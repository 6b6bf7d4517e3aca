"""Issues when two customers become one: all go over, their histories with them."""

from __future__ import annotations

from crm.merging import move

RULES = [move("customers.Issue")]
