"""Notes in the search: by any word of theirs; private ones for their author alone, removed ones for nobody."""

from __future__ import annotations

from customers.profile.searchkeeping import Kept

NOTES = Kept(
    "note",
    "customers_note",
    text="CASE WHEN {row}.removed_at IS NULL THEN ' ' || lower({row}.text) || ' ' END",
    only_for="CASE WHEN {row}.is_private THEN coalesce({row}.written_by_id, 0) END",
)
