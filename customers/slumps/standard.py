"""The causes that Qiao brings along, in English; catalogs translate them. The brand changes them in the admin."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _
from django.utils.translation import override

STANDARD = (
    ("goods", _("Goods"), (
        ("out_of_stock", _("Out of stock, sizes missing")),
        ("range", _("Wrong or ageing range")),
        ("quality", _("Quality, complaints")),
        ("delivery", _("Delivery late or incomplete")),
    )),
    ("price", _("Price"), (
        ("too_dear", _("Dearer than next door")),
        ("cross_selling", _("Our own goods cheaper elsewhere")),
    )),
    ("promotion", _("Promotion"), (
        ("not_on_the_floor", _("The promotion never reached the floor")),
        ("after_promotion", _("Bought ahead in the last promotion")),
        ("no_material", _("Material or gifts missing")),
    )),
    ("competitor", _("Competition"), (
        ("rival_opened", _("A rival opened")),
        ("rival_promotion", _("A rival's promotion")),
    )),
    ("staff", _("Shop staff"), (
        ("staff_left", _("Good people left")),
        ("staff_short", _("Too few on duty")),
        ("staff_untrained", _("New people, not trained yet")),
    )),
    ("premises", _("Premises"), (
        ("road_works", _("Road works, access")),
        ("refitting", _("Refitting, power, damage")),
        ("mall", _("The mall or street draws fewer people")),
    )),
    ("season", _("Weather and season"), (
        ("weather", _("Weather")),
        ("season_change", _("Change of season")),
        ("local_event", _("Local event or holiday")),
    )),
    ("owner", _("The owner"), (
        ("family", _("Family, health")),
        ("money", _("Short of money")),
        ("lost_interest", _("Other business, interest lost")),
    )),
    ("data", _("The figures"), (("late_report", _("Reported late or in part")),)),
    ("other", _("Something else"), ()),
)  # fmt: skip


def ship(causes) -> None:
    """Write those that are not there yet, by their English names. causes: a manager."""
    there = dict(causes.values_list("code", "pk"))
    with override("en"):
        for position, (code, name, children) in enumerate(STANDARD, 1):
            if code not in there:
                there[code] = causes.create(code=code, name=name, position=10 * position).pk
            causes.bulk_create(
                [
                    causes.model(code=key, name=text, parent_id=there[code], position=10 * n)
                    for n, (key, text) in enumerate(children, 1)
                    if key not in there
                ]
            )
