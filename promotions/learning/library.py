"""What worked for which kind of shop: measured promotions by their kind and the kind of shop, or its region."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from django.db.models import Count, Q, QuerySet, Sum

from crm.access import reach_of
from crm.accounts.models import Region
from crm.clock import today
from customers.profile.models import Customer, Kind
from promotions.calculator.models import PromotionKind
from promotions.learning.models import PromotionLesson
from promotions.learning.trials import FEWEST, Learned, Trial, together
from promotions.rollout import reading
from promotions.rollout.models import Compliance, Participation, State
from promotions.uplift.grouping import region_of, shop_label

By = Literal["all", "shop", "region"]
ALL = "all"
MOST = 2000
"""Promotions, the latest first; of more is said that they were not read."""
FEW_SHOPS = 3
"""A result of fewer shops would tell of single ones: only who sees all shops of the promotion reads it."""
SHOPS = {shop_label(Kind.AGENT, ""): ("agent", "")} | {
    shop_label(Kind.FRANCHISEE, tier): ("franchisee", tier) for tier in ("A", "B", "C", "")
}
"""{label: (kind of customer, tier)} in the order shown; agents are all A."""
_FIELDS = (
    *("pk", "code", "title", "kind", "mechanics", "starts_on", "ends_on", "result__measurable", "result__reason"),
    *("result__lift", "result__low", "result__high", "result__shops", "result__expected", "result__groups"),
)


@dataclass(frozen=True, slots=True)
class Case:
    """One promotion in one line. trial: None where it could not be measured there, and why (a code of words.REASONS).
    shops: how many were measured. sold_more: what it brought at these shops, an estimate in the company's currency.
    """

    promotion: int
    code: str
    title: str
    mechanics: str
    starts_on: datetime.date
    ends_on: datetime.date
    trial: Trial | None
    shops: int
    sold_more: float | None
    why: str = ""


@dataclass(slots=True)
class Line:
    """A kind of promotion at a kind of shop. learned: None with fewer than three measured (they are single cases).

    agreed, changed, not_run, unjudged: of those in reach that take part, as they are today. settled: paid to them.
    """

    kind: str
    label: str
    cases: list[Case] = field(default_factory=list)
    learned: Learned | None = None
    agreed: int = 0
    changed: int = 0
    not_run: int = 0
    unjudged: int = 0
    settled: Decimal | None = None
    lessons: int = 0

    @property
    def measured(self) -> list[Case]:
        return [one for one in self.cases if one.trial is not None]

    @property
    def shops(self) -> int:
        return sum(one.shops for one in self.measured)

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """(why not, how many), the most frequent first."""
        return Counter(one.why for one in self.cases if one.trial is None).most_common()

    @property
    def sold_more(self) -> float | None:
        known = [one.sold_more for one in self.measured if one.sold_more is not None]
        return sum(known) if known else None

    @property
    def judged(self) -> int:
        return self.agreed + self.changed + self.not_run


@dataclass(slots=True)
class Library:
    """waiting: over and not measured yet. unparted: measured before kinds of shops were told apart. more: older ones
    were not read.
    """

    lines: list[Line]
    waiting: int = 0
    unparted: int = 0
    more: bool = False


def over(user, kind: str = "", since: datetime.date | None = None) -> QuerySet:
    """Promotions that ran to their end, in reach, the latest first."""
    rows = reading.promotions(user).filter(state__in=[State.OPEN, State.CLOSED], ends_on__lt=today())
    rows = rows.filter(kind=kind) if kind else rows
    return (rows.filter(ends_on__gte=since) if since else rows).order_by("-ends_on", "-pk")


def library(user, by: By = "shop", *, kind: str = "", of: str = "", since: datetime.date | None = None) -> Library:
    """The lines, by kind of promotion and then kind of shop. of: one label only. Six statements at most."""
    rows = over(user, kind, since)
    found = list(rows.values(*_FIELDS)[: MOST + 1])
    made = Library([], more=len(found) > MOST)
    reach, seen = _Reach.of(user, by), found[:MOST]
    whole = reach.whole(user, [one["pk"] for one in seen if _has_few(one, by)])
    lines: dict[tuple[str, str], Line] = {}
    for one in seen:
        if one["result__measurable"] is None:
            made.waiting += 1
        elif by != ALL and one["result__groups"] is None:
            made.unparted += 1
        else:
            for label, case in _cases(one, by, one["pk"] in whole):
                if (not of or label == of) and reach.holds(label):
                    line = lines.setdefault((one["kind"], label), Line(one["kind"], label))
                    line.cases.append(case)
    for line in lines.values():
        line.learned = together([one.trial for one in line.measured if one.trial is not None])
    _count(user, by, [one["pk"] for one in seen], lines)
    _lessons(user, lines.values())
    made.lines = sorted(lines.values(), key=_place)
    return made


def _place(line: Line) -> tuple:
    shops = list(SHOPS)
    return (
        PromotionKind.values.index(line.kind),
        shops.index(line.label) if line.label in SHOPS else len(shops),
        line.label,
    )


def _groups(row: Mapping[str, Any], by: By) -> dict[str, dict[str, Any]]:
    if by == ALL:
        return {ALL: {"shops": row["result__shops"] or 0} | {
            name: row[f"result__{name}"] for name in ("lift", "low", "high", "expected")
        }}  # fmt: skip
    return {label: told for label, told in (row["result__groups"] or {}).items() if label.startswith(f"{by}:")}


def _has_few(row: Mapping[str, Any], by: By) -> bool:
    return by != ALL and any(0 < told["shops"] < FEW_SHOPS for told in _groups(row, by).values())


def _cases(row: Mapping[str, Any], by: By, whole: bool) -> Iterable[tuple[str, Case]]:
    head = (row["pk"], row["code"], row["title"], row["mechanics"], row["starts_on"], row["ends_on"])
    groups = _groups(row, by)
    for label, told in groups.items():
        if not row["result__measurable"]:
            yield label, Case(*head, None, 0, None, row["result__reason"])
        elif not told["shops"]:
            yield label, Case(*head, None, 0, None, "not_parted")
        elif by != ALL and told["shops"] < FEW_SHOPS and not whole:
            yield label, Case(*head, None, 0, None, "withheld")
        else:
            trial = Trial(told["lift"], told["low"], told["high"])
            yield label, Case(*head, trial, told["shops"], round(told["expected"] * told["lift"], 2))


@dataclass(frozen=True, slots=True)
class _Reach:
    """Which lines a person reads: of regions only those in which they have customers."""

    everywhere: bool
    regions: frozenset[int] | None

    @classmethod
    def of(cls, user, by: By) -> _Reach:
        everywhere = reach_of(user).everywhere
        if everywhere or by != "region":
            return cls(everywhere, None)
        paths = Customer.objects.visible_to(user).order_by().values_list("region__path", flat=True).distinct()
        return cls(False, frozenset(one for path in paths if (one := region_of(path or "")) is not None))

    def holds(self, label: str) -> bool:
        return self.regions is None or int(label.rpartition(":")[2]) in self.regions

    def whole(self, user, ids: list[int]) -> set[int]:
        """Promotions of which the person sees every shop that takes part."""
        if self.everywhere or not ids:
            return set(ids)
        taking = Participation.objects.taking_part().filter(promotion_id__in=ids).order_by()
        mine = taking.visible_to(user).values("promotion_id").annotate(n=Count("pk"))
        seen = dict(mine.values_list("promotion_id", "n"))
        every = taking.values("promotion_id").annotate(n=Count("pk")).values_list("promotion_id", "n")
        return {pk for pk, n in every if seen.get(pk) == n}


def _count(user, by: By, ids: list[int], lines: Mapping[tuple[str, str], Line]) -> None:
    """How it was run and what was paid, of the shops in reach, by what they are today. One statement."""
    rows = Participation.objects.visible_to(user).taking_part().filter(promotion_id__in=ids).order_by()
    columns = {
        ALL: (),
        "shop": ("customer__kind", "customer__standing__tier"),
        "region": ("customer__region__path",),
    }[by]
    counting: dict[str, Any] = {code: Count("pk", filter=Q(compliance=code)) for code in Compliance.values}
    counting |= {"unjudged": Count("pk", filter=Q(compliance="")), "paid": Sum("settled")}
    for row in rows.values("promotion__kind", *columns).annotate(**counting):
        if by == ALL:
            label = ALL
        elif by == "shop":
            label = shop_label(row["customer__kind"], row["customer__standing__tier"] or "")
        else:
            label = f"region:{region_of(row['customer__region__path'] or '')}"
        line = lines.get((row["promotion__kind"], label))
        if line is None:
            continue
        for name in ("agreed", "changed", "not_run", "unjudged"):
            setattr(line, name, getattr(line, name) + row[name])
        if row["paid"] is not None:
            line.settled = (line.settled or Decimal(0)) + row["paid"]


def _lessons(user, lines: Iterable[Line]) -> None:
    lines = list(lines)
    ids = {one.promotion for line in lines for one in line.cases}
    rows = PromotionLesson.objects.visible_to(user).filter(promotion_id__in=ids).order_by()
    counts = dict(rows.values("promotion_id").annotate(n=Count("pk")).values_list("promotion_id", "n"))
    for line in lines:
        line.lessons = sum(counts.get(one.promotion, 0) for one in line.cases)


def lessons_of(user, ids: Iterable[int]) -> dict[int, list[PromotionLesson]]:
    """{promotion: lessons, the latest first} of these. One statement."""
    found: dict[int, list[PromotionLesson]] = defaultdict(list)
    for one in PromotionLesson.objects.visible_to(user).filter(promotion_id__in=list(ids)):
        found[one.promotion_id].append(one)
    return dict(found)


def lessons(user, text: str = "") -> QuerySet[PromotionLesson]:
    """The latest first; text: every word of it stands in the lesson, or in what the promotion says of itself."""
    return PromotionLesson.objects.visible_to(user).select_related("promotion").about(text)


def region_names(labels: Iterable[str]) -> dict[str, str]:
    """{region:7: its name}; of labels that came through `library`."""
    ids = {int(label.rpartition(":")[2]): label for label in labels if label.startswith("region:")}
    return {ids[pk]: name for pk, name in Region.objects.filter(pk__in=ids).values_list("pk", "name")}


__all__ = ["ALL", "FEWEST", "SHOPS", "By", "Case", "Library", "Line", "lessons", "lessons_of", "library", "over"]
