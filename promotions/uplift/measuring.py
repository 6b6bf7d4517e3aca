"""What a promotion brought, from the ledger: shops that ran it against those that did not."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import BigIntegerField, F
from django.db.models.functions import Cast
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
from promotions.uplift.grouping import labels_of
from promotions.uplift.terms import Effect, NotMeasurable, Part, Setting, Shop, ShopLift, Span

BEFORE = DAYS.year + DAYS.base
"""Days of the past that are read: last year's same weeks, and what they are compared with."""
NOBODY = "nobody"
EXAMPLES = 100
"""Of a promotion so many shops, evenly taken, teach what to expect of the next: one large rollout drowns no others."""
AT_ONCE = 500


def measure(promotion: Promotion) -> dict[str, Any]:
    """The result as it is kept: plain numbers, amounts in the company's currency. Reads, writes nothing.

    Memory grows with the comparison shops (2,000 at most) and one chunk of those that ran it, not with the rollout.
    Raises ValidationError while the promotion runs.
    """
    _refuse_running(promotion)
    return _measured(promotion, [_in_its_days(promotion)], {})[0]


def _refuse_running(promotion: Promotion) -> None:
    if promotion.ends_on >= today():
        raise ValidationError(_("It is not over yet: what it brought is measured when it is."), code="running")


def _first(promotion: Promotion) -> datetime.date:
    return promotion.starts_on - datetime.timedelta(days=BEFORE)


def _in_its_days(promotion: Promotion) -> Setting:
    return Setting(Span(BEFORE, BEFORE + promotion.days), weekday=_first(promotion).weekday())


def _aftermath(promotion: Promotion) -> Setting | None:
    """The four weeks after it against the same past: bought ahead, or stayed? None while they are not over."""
    if promotion.ends_on + datetime.timedelta(days=DAYS.after) >= today():
        return None
    begin = BEFORE + promotion.days
    return Setting(Span(begin, begin + DAYS.after), weekday=_first(promotion).weekday(), ends=BEFORE)


def _measured(
    promotion: Promotion, settings: Sequence[Setting], each: dict[int, dict[str, Any]]
) -> list[dict[str, Any]]:
    """A result a setting; the ledger is read once for all of them, which costs most. each: filled, of the first, with
    {customer: what is kept of it}: a handful of numbers for each that ran it.
    """
    ran, first = _ran(promotion), _first(promotion)
    if not ran:
        nobody = {"measurable": False, "reason": NOBODY, "shops": 0, "left_out": {}, "groups": {}}
        return [dict(nobody) for _setting in settings]
    reader = _Reader(promotion, first, max(one.window.end for one in settings))
    comparison = list(reader.shops(_others(promotion)))
    measurements = [Measurement(comparison, one) for one in settings]
    counts: Counter[str] = Counter()
    for at in range(0, len(ran), CHUNK):
        ids = ran[at : at + CHUNK]
        shops, labels = list(reader.shops(ids)), labels_of(ids, promotion.starts_on)
        counts.update(label for several in labels.values() for label in several)
        lifts = [one.add(shops, labels) for one in measurements]
        each.update((one.id, _of_shop(one)) for one in lifts[0])
    return [
        _told(one.result(), first, len(comparison)) | {"groups": _groups(counts, one.parts())} for one in measurements
    ]


def _groups(counts: Counter[str], parts: dict[str, Part]) -> dict[str, dict[str, Any]]:
    """Of each kind of shop: how many ran it, how many could be measured, and what it brought there."""
    found: dict[str, dict[str, Any]] = {}
    for label, ran in sorted(counts.items()):
        found[label] = {"ran": ran, "shops": 0}
        if (part := parts.get(label)) is not None:
            lifts = {name: _share(getattr(part, name)) for name in ("lift", "low", "high")}
            found[label] |= {"shops": part.shops, "expected": round(part.expected, 2), **lifts}
    return found


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
        # Whole fen, as they are kept: a Decimal for each of so many days would cost more than all the rest.
        fen = {name: Cast(F(name), BigIntegerField()) for name in ("gross", "returns")}
        rows = (
            rows.exclude(is_open=False).order_by().values_list("customer_id", "sold_on", fen["gross"] - fen["returns"])
        )
        for pk, day, net in rows.iterator():
            sales[pk][(day - self.first).days] = net / 100
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


@cache
def _left_out(reason: str) -> dict[str, Any]:
    """One for all that share it: there may be tens of thousands."""
    return {"reason": reason}


def _of_shop(one: ShopLift) -> dict[str, Any]:
    if one.reason is not None:
        return _left_out(str(one.reason))
    shares = {name: _share(getattr(one, name)) for name in ("lift", "low", "high")}
    return shares | {"actual": round(one.actual, 2), "expected": round(one.expected, 2)}


def _share(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _line(values) -> list[float | None]:
    return [round(float(value), 2) if np.isfinite(value) else None for value in values]


def measure_and_keep(*, promotion: Promotion, by: User | None = None) -> dict[str, Any]:
    """The result, kept with the promotion and, shop by shop, with those that ran it. Measured again it is the same,
    unless the ledger was corrected.
    """
    _refuse_running(promotion)
    each: dict[int, dict[str, Any]] = {}
    after = _aftermath(promotion)
    found, *later = _measured(promotion, [_in_its_days(promotion), *([after] if after else [])], each)
    for one in later:
        one.pop("course", None)
        one.pop("groups", None)
    found |= {"after": later[0] if later else None}
    with transaction.atomic():
        held = Promotion.objects.select_for_update().get(pk=promotion.pk)
        changed = held.result != found
        held.result, held.measured_at = found, now()
        held.save(update_fields=["result", "measured_at"])
        _keep_each(held, each if found["measurable"] else dict.fromkeys(each, _left_out(found["reason"])))
        if changed:
            record(action="promotion.measure", target=held, changes={"promotion": held.title}, actor=by)
    return found


def _keep_each(promotion: Promotion, each: dict[int, dict[str, Any]]) -> None:
    """A shop counts only with a promotion that could be measured: alone it is no surer than together."""
    lifts = sorted(pk for pk, one in each.items() if "lift" in one)
    examples = set(lifts[:: -(-len(lifts) // EXAMPLES)]) if lifts else set()
    rows = Participation.objects.filter(promotion=promotion).only("customer_id", "set_aside", "measured", "example")
    rows, last = rows.order_by("pk"), 0
    while page := list(rows.filter(pk__gt=last)[:AT_ONCE]):
        last = page[-1].pk
        changed: list[Participation] = []
        gone: list[int] = []
        for one in page:
            told = None if one.set_aside else each.get(one.customer_id)
            example = told is not None and one.customer_id in examples
            if (one.measured, one.example) == (told, example):
                continue
            if told is None:
                gone.append(one.pk)
            else:
                one.measured, one.example = told, example
                changed.append(one)
        Participation.objects.bulk_update(changed, ["measured", "example"])
        Participation.objects.filter(pk__in=gone).update(measured=None, example=False)
