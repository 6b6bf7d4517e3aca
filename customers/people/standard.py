"""The relations that every company has; administrators add their own. Written by the migration, in English.

Names read on from the one end to the other: "Wang introduced Li", "Li was introduced by Wang".
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

# code, forward, backward (the same where it reads alike from both ends), of the family
STANDARD = (
    ("introduced", _("introduced"), _("was introduced by"), False),
    ("landlord", _("is landlord of"), _("rents from"), False),
    ("married", _("is married to"), _("is married to"), True),
    ("parent", _("is parent of"), _("is child of"), True),
    ("sibling", _("is sibling of"), _("is sibling of"), True),
    ("friend", _("is a friend of"), _("is a friend of"), False),
    ("partner", _("is business partner of"), _("is business partner of"), False),
    ("works_for", _("works for"), _("employs"), False),
    ("competes", _("competes with"), _("competes with"), False),
    ("supplies", _("supplies"), _("buys from"), False),
    ("lends", _("lends to"), _("borrows from"), False),
)


def ship(types) -> None:
    """Write those that are not there yet, by their English names; catalogs translate them. types: a manager."""
    there = set(types.values_list("code", flat=True))
    with override("en"):
        types.bulk_create(
            [
                types.model(
                    code=code,
                    forward=str(forward),
                    backward=str(backward),
                    symmetric=str(forward) == str(backward),
                    family=family,
                    position=10 * position,
                )
                for position, (code, forward, backward, family) in enumerate(STANDARD, start=1)
                if code not in there
            ]
        )
