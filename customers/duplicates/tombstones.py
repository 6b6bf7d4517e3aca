"""Where customers went that were merged, by their old number or code."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from customers.duplicates.models import MergedCustomer
from customers.profile.moved import Moved

_MOST = 2**62  # more than this no column holds, and an address may say anything


def moved(ids: Iterable[int] = (), codes: Iterable[str] = ()) -> list[Moved]:
    """One query; nothing is said of who may see the customers named."""
    numbers = [pk for pk in ids if pk <= _MOST]
    found = MergedCustomer.objects.filter(Q(old_id__in=numbers) | Q(code__in=list(codes)))
    rows = found.values_list("old_id", "code", "survivor_id", "survivor__code")
    return [Moved(*row) for row in rows]
