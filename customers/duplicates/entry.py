"""The look at what is there already while a new customer is entered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from customers.duplicates import scanning, words
from customers.duplicates.likeness import Card, folded
from customers.profile.entry import Alike, Like
from customers.profile.models import Customer
from customers.profile.places import wgs

MOST = 5
_TEXTS = ("name", "phone", "province", "city", "district", "address")


def check(values: Mapping[str, Any], user) -> Alike:
    """The likeliest few that this person sees, by name; of those beyond reach only how many."""
    texts = {name: str(values.get(name) or "") for name in _TEXTS}
    lat, lon = wgs(values.get("latitude"), values.get("longitude"), values.get("datum") or "wgs84")
    scanning.catch_up()
    found = scanning.candidates(
        folded(Card(licence=str(values.get("licence_number") or ""), lat=lat, lon=lon, **texts))
    )
    if not found:
        return Alike()
    seen = Customer.objects.visible_to(user).select_related("region").in_bulk([pk for pk, _how in found])
    likes = [
        Like(seen[pk], how.score, [words.reason(one.code, one.value) for one in how.reasons])
        for pk, how in found
        if pk in seen
    ]
    return Alike(likes[:MOST], beyond=len(found) - len(likes))
