"""What the customers list and the API's customers tell of scores."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import F, Q, QuerySet
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from crm.api.serializers import ReadSerializer
from crm.listing.keyset import Order
from crm.money import from_minor
from crm.templatetags.ui import badge
from customers.profile.extras import ListExtra, ListFilter
from customers.profile.listing import ListColumn
from customers.profile.models import Customer
from customers.scores.models import Score
from customers.scores.telling import points
from customers.scores.terms import COOPERATION, LOYALTY, TRAITS

_STATES = (("high", _("High")), ("not_high", _("Not high")), ("unknown", _("Unknown")))


class TraitSerializer(ReadSerializer):
    """points: null without evidence. known: five events or more speak for it."""

    points = serializers.DecimalField(5, 2, allow_null=True)
    known = serializers.BooleanField()
    high = serializers.BooleanField()
    events = serializers.IntegerField()


class ScoresSerializer(ReadSerializer):
    cooperation = TraitSerializer()
    loyalty = TraitSerializer()


def attach(customers: Sequence[Customer]) -> None:
    found = {
        (row.customer_id, row.trait): row
        for row in Score.objects.filter(current=True, customer__in=[one.pk for one in customers]).only(
            "customer_id", "trait", "value", "enough", "high", "events"
        )
    }
    for one in customers:
        one._scores = {trait: found.get((one.pk, trait)) for trait in TRAITS}  # type: ignore[attr-defined]


def _scores(customer: Customer) -> dict[str, Score | None]:
    if not hasattr(customer, "_scores"):
        attach([customer])
    return customer._scores


def told(customer: Customer) -> dict[str, dict]:
    return {
        trait: {
            "points": None if row is None or row.value is None else from_minor(row.value),
            "known": row is not None and row.enough,
            "high": row is not None and row.high,
            "events": 0 if row is None else row.events,
        }
        for trait, row in _scores(customer).items()
    }


def _points(trait: str):
    return lambda customer: told(customer)[trait]["points"]


def _condition(trait: str):
    def holds(value: str) -> Q:
        rows = Score.objects.filter(current=True, trait=trait).order_by()
        if value == "unknown":
            return ~Q(pk__in=rows.filter(enough=True).values("customer_id"))
        return Q(pk__in=rows.filter(enough=True, high=value == "high").values("customer_id"))

    return holds


def _ranked(trait: str):
    def ranked(customers: QuerySet[Customer]) -> QuerySet:
        """{"pk", "<trait>_now"} of those with a score, for a list in that order."""
        among = Customer.objects.filter(pk__in=customers.order_by().values("pk")).order_by().values("pk")
        mine = among.filter(scores__current=True, scores__trait=trait, scores__value__isnull=False)
        return mine.annotate(**{f"{trait}_now": F("scores__value")})

    return ranked


def cell(name: str, customer: Customer) -> str:
    row = _scores(customer)[name]
    if row is None or row.value is None:
        return ""
    if not row.enough:
        return format_html("{}", badge(_("unknown"), "warn", ""))
    return format_html("{} {}", points(row.value), badge(_("high"), "ok", "") if row.high else "")


_LABELS = {COOPERATION: _("Cooperation"), LOYALTY: _("Loyalty")}
EXTRA = ListExtra(
    name="scores",
    columns=tuple(ListColumn(trait, _LABELS[trait], _points(trait), "number", trait, shown=False) for trait in TRAITS),
    filters=tuple(ListFilter(trait, _LABELS[trait], _STATES, _condition(trait)) for trait in TRAITS),
    orders=tuple(
        Order(trait, f"{trait}_now", form="int", nullable=True, descending_first=True, ranked=_ranked(trait))
        for trait in TRAITS
    ),
    attach=attach,
    told=told,
    serializer=ScoresSerializer,
    cell=cell,
)
