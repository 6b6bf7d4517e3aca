"""The causes and times that Qiao brings along; causes in English, catalogs translate them. The brand changes them."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _
from django.utils.translation import override

from customers.issues.terms import USUAL

CAUSES = (
    ("planning", _("Too little planned or ordered")),
    ("warehouse", _("Slip in the warehouse")),
    ("transport", _("Slip in transport")),
    ("fault", _("Fault in the goods")),
    ("price_rule", _("Price or discount not kept")),
    ("late_word", _("Told too late, or not clearly")),
    ("late_material", _("Material or gifts came late")),
    ("skill", _("Staff not trained")),
    ("our_slip", _("We forgot, or were too slow")),
    ("other_dealer", _("Another dealer's conduct")),
    ("own_side", _("On the customer's own side")),
    ("market", _("Market or weather")),
    ("elsewhere", _("Something else")),
)


def ship(causes, times) -> None:
    """Write those that are not there yet. causes, times: managers."""
    there = set(causes.values_list("code", flat=True))
    with override("en"):
        causes.bulk_create(
            causes.model(code=code, name=name, position=10 * position)
            for position, (code, name) in enumerate(CAUSES, 1)
            if code not in there
        )
    known = set(times.values_list("category", "tier"))
    times.bulk_create(
        times.model(category=category, tier=tier, answer_hours=time.answer, solve_hours=time.solve)
        for (category, tier), time in USUAL.items()
        if (category, tier) not in known
    )
