"""Merging customers leaves what drafts propose with those they were proposed for."""

from __future__ import annotations

from crm.merging import set_aside

RULES = [set_aside("visits.DraftVisit", why="proposed for that customer; a draft that changed is refused")]
