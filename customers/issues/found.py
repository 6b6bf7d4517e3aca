"""Issues in the search: by any word of their title or of what happened."""

from __future__ import annotations

from customers.profile.searchkeeping import Kept

ISSUES = Kept("issue", "customers_issue", text="' ' || lower({row}.title || ' ' || {row}.text) || ' '")
