"""Contacts in the search: by any word of theirs; private ones for their author alone, those taken back for nobody."""

from __future__ import annotations

from customers.profile.searchkeeping import Kept

CONTACTS = Kept(
    "contact",
    "customers_contact",
    text="CASE WHEN {row}.removed_at IS NULL AND {row}.text <> '' THEN ' ' || lower({row}.text) || ' ' END",
    only_for="CASE WHEN {row}.is_private THEN coalesce({row}.by_id, 0) END",
)
