"""What a promotion brought, from the ledger: shops that ran it against those that did not."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.actions import record
from crm.clock import now, today
from customers.profile.models import Customer
from customers.profile.models import State as CustomerState
from customers.sales.models import SaleLine
from promotions.rollout.models import Answer, Compliance, Participation, Promotion
from promotions.uplift.choosing import MOST_COMPARED
from promotions.uplift.estimator import CHUNK, Measurement
from promotions.uplift.frame import DAYS
from promotions.uplift.terms import Effect, NotMeasurable, Setting, Shop, Span

BEFORE = DAYS.year + DAYS.base
"""Days of the past that are read: last year's same weeks, and what they are compared with."""
NOBODY = "nobody"


def measure(promotion: Promotion) -> dict[str, Any]:
    """The result as it is kept: plain numbers, amounts in the company's currency. Reads, writes nothing.

    Memory grows with the comparison shops (2,000 at most) and one chunk of those that ran it, not with the rollout.
    Raises ValidationError while the promotion runs.
    """
    if promotion.ends_on >= today():
        raise ValidationError(_("It is not over yet: what it brought is measured when it is."), code="running")
    first = promotion.starts_on - datetime.timedelta(days=BEFORE)
    window = Span(BEFORE, BEFORE + promotion.days)
    return _measured(promotion, first, Setting(window, weekday=first.weekday()))


def aftermath(promotion: Promotion) -> dict[str, Any] | None:
    """The four weeks after it against the same past: bought ahead, or stayed? None while they are not over."""
    last = promotion.ends_on + datetime.timedelta(days=DAYS.after)
    if last >= today():
        return None
    first = promotion.starts_on - datetime.timedelta(days=BEFORE)
    begin = BEFORE + promotion.days
    setting = Setting(Span(begin, begin + DAYS.after), weekday=first.weekday(), ends=BEFORE)
    found = _measured(promotion, first, setting)
    found.pop("course", None)
    return found


def _measured(promotion: Promotion, first: datetime.date, setting: Setting) -> dict[str, Any]:
    ran = _ran(promotion)
    if not ran:
        return {"measurable": False, "reason": NOBODY, "shops": 0, "left_out": {}}
    reader = _Reader(promotion, first, setting.window.end)
    comparison = list(reader.shops(_others(promotion)))
    measurement = Measurement(comparison, setting)
    for at in range(0, len(ran), CHUNK):
        measurement.add(list(reader.shops(ran[at : at + CHUNK])))
    return _told(measurement.result(), first, len(comparison))


def _ran(promotion: Promotion) -> list[int]:
    rows = Participation.objects.counting().filter(promotion=promotion, answer=Answer.ACCEPTED)
    rows = rows.exclude(compliance=Compliance.NOT_RUN).order_by("customer_id")
    return list(rows.values_list("customer_id", flat=True))


def _others(promotion: Promotion) -> list[int]:
    """Active customers of the whole brand that did not take part; of many, every so-manieth."""
    took = Participation.objects.counting().filter(promotion=promotion, answer=Answer.ACCEPTED)
    rows = Customer.objects.filter(state=CustomerState.ACTIVE, opened_on__isnull=True) | Customer.objects.filter(
        state=CustomerState.ACTIVE, opened_on__lt=promotion.starts_on
    )
    ids = list(rows.exclude(pk__in=took.values("customer_id")).order_by("pk").values_list("pk", flat=True))
    return ids[:: -(-len(ids) // MOST_COMPARED)] if len(ids) > MOST_COMPARED else ids


class _Reader:
    """Reads daily sales of a span of days, a chunk of customers at a time."""

    def __init__(self, promotion: Promotion, first: datetime.date, days: int) -> None:
        self.promotion, self.first, self.days = promotion, first, days
        self.end = first + datetime.timedelta(days=days)

    def shops(self, ids: list[int]) -> Iterator[Shop]:
        for at in range(0, len(ids), CHUNK):
            yield from self._chunk(ids[at : at + CHUNK])

    def _chunk(self, ids: list[int]) -> Iterable[Shop]:
        sales = {pk: np.full(self.days, np.nan) for pk in ids}
        rows = SaleLine.objects.live().filter(customer_id__in=ids, sold_on__gte=self.first, sold_on__lt=self.end)
        for pk, day, gross, returns, is_open in rows.values_list(
            "customer_id", "sold_on", "gross", "returns", "is_open"
        ).iterator():
            if is_open is not False:
                sales[pk][(day - self.first).days] = float(gross - returns)
        others = self._others(ids)
        kinds = dict(Customer.objects.filter(pk__in=ids).values_list("pk", "kind"))
        return [Shop(pk, sales[pk], kinds.get(pk, ""), others=tuple(others[pk])) for pk in ids]

    def _others(self, ids: list[int]) -> dict[int, list[Span]]:
        """Other promotions of these customers, in days from the first."""
        rows = Participation.objects.counting().filter(customer_id__in=ids, answer=Answer.ACCEPTED)
        rows = rows.exclude(promotion=self.promotion).exclude(compliance=Compliance.NOT_RUN)
        rows = rows.filter(promotion__starts_on__lt=self.end, promotion__ends_on__gte=self.first)
        found: dict[int, list[Span]] = defaultdict(list)
        for pk, starts, ends in rows.values_list("customer_id", "promotion__starts_on", "promotion__ends_on"):
            found[pk].append(Span((starts - self.first).days, (ends - self.first).days + 1))
        return found


def _told(found: Effect | NotMeasurable, first: datetime.date, compared: int) -> dict[str, Any]:
    named = found.left_out[:200]
    codes = dict(Customer.objects.filter(pk__in=[pk for pk, _why in named]).values_list("pk", "code"))
    left_out = {codes.get(pk, str(pk)): str(why) for pk, why in named}
    if isinstance(found, NotMeasurable):
        return {
            "measurable": False,
            "reason": str(found.reason),
            "before_after": _share(found.before_after),
            "shops": 0,
            "compared": compared,
            "left_out": left_out,
        }
    course = found.course
    return {
        "measurable": True,
        "lift": _share(found.lift),
        "low": _share(found.low),
        "high": _share(found.high),
        "level": found.level,
        "actual": round(found.actual, 2),
        "expected": round(found.expected, 2),
        "amount": round(found.amount, 2),
        "amount_low": round(found.amount_low, 2),
        "amount_high": round(found.amount_high, 2),
        "before_after": _share(found.before_after),
        "provable": _share(found.provable),
        "shops": found.shops,
        "compared": len(found.weights),
        "left_out": left_out,
        "course": {
            "first": str(first + datetime.timedelta(days=int(course.first))),
            **{name: _line(getattr(course, name)) for name in ("actual", "expected", "low", "high")},
        },
    }


def _share(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _line(values) -> list[float | None]:
    return [round(float(value), 2) if np.isfinite(value) else None for value in values]


def measure_and_keep(*, promotion: Promotion, by: User | None = None) -> dict[str, Any]:
    """The result, kept with the promotion. Measured again it is the same, unless the ledger was corrected."""
    found = measure(promotion) | {"after": aftermath(promotion)}
    with transaction.atomic():
        held = Promotion.objects.select_for_update().get(pk=promotion.pk)
        changed = held.result != found
        held.result, held.measured_at = found, now()
        held.save(update_fields=["result", "measured_at"])
        if changed:
            record(action="promotion.measure", target=held, changes={"promotion": held.title}, actor=by)
    return found
