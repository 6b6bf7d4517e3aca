"""One tap on a suggestion while a visit is planned or changed: the form comes back with it among the goals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from visits.plan.models import Purpose
from visits.plan.suggestions import Offered

ALL = "all"
_NAMES = ("visitor", "day", "starts_at", "minutes", "purpose", "note", "version")


def taken(posted: Mapping[str, str], offered: Offered) -> dict[str, Any]:
    """What the form is filled in with: what was entered so far, and the goal `take` names (or all the best, with what
    the visit is for then). Nothing is judged and nothing kept before the form is sent.
    """
    wanted, lines = posted.get("take", ""), posted.get("goals", "").splitlines()
    found = {name: posted[name] for name in _NAMES if name in posted} | {
        name: bool(posted.get(name)) for name in ("is_agreed", "agreed_anew", "they_asked")
    }
    said = {" ".join(line.split()) for line in lines}
    chosen = offered.by_key(wanted)
    added = offered.without(said).best if wanted == ALL else [chosen] if chosen is not None else []
    lines = [line for line in lines if line.strip()] + [one.text for one in added if one.text not in said]
    found["goals"] = "\n".join(lines)
    is_usual = found.get("purpose", Purpose.ROUTINE) == Purpose.ROUTINE
    if added and (wanted == ALL or is_usual):
        found["purpose"] = added[0].purpose
    return found
