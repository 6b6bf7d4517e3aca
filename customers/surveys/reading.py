"""Answers as pages and slices above read them. Who did not answer is "no answer" and counts nowhere as content."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Avg, Case, Count, Exists, F, FloatField, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, TruncMonth

from crm.accounts.models import User
from crm.clock import today
from customers.issues.models import Category
from customers.profile.models import Customer
from customers.surveys import gaps
from customers.surveys.guessing import guessers
from customers.surveys.models import (
    ManagerGuess,
    State,
    Survey,
    SurveyAnswer,
    SurveyInvitation,
    SurveyPoint,
    SurveyResponse,
)

CALLS = 50
_SHORT = Case(
    When(expectation__gt=F("reality"), then=F("expectation") - F("reality")),
    default=Value(0),
    output_field=FloatField(),
)


def rounds(user: User) -> QuerySet[Survey]:
    """With `asked` and `answered` of those in reach. One statement."""
    mine = SurveyInvitation.objects.visible_to(user).counting().filter(survey=OuterRef("pk")).order_by()

    def number(rows):
        return Coalesce(Subquery(rows.values("survey").annotate(n=Count("pk")).values("n")), 0)

    rows = Survey.objects.visible_to(user).select_related("template", "made_by")
    return rows.annotate(asked=number(mine), answered=number(mine.filter(state=State.ANSWERED)))


@dataclass(frozen=True, slots=True)
class PointFigures:
    """Means of those who answered. weight: shortfall × how much it matters, by which points are ordered."""

    name: str
    category: str
    n: int
    expectation: Decimal
    reality: Decimal
    shortfall: Decimal
    weight: Decimal


def by_point(user: User, survey: Survey) -> list[PointFigures]:
    """The point with the greatest shortfall × importance first. One statement."""
    rows = _answers(user, survey).values("point_id", "point__label", "point__category").order_by()
    weighed = rows.annotate(
        n=Count("pk"),
        expected=Avg("expectation"),
        found=Avg("reality"),
        short=Avg(_SHORT),
        weight=Avg(_SHORT * Coalesce(F("importance"), Value(gaps.USUAL_IMPORTANCE)), output_field=FloatField()),
    )
    labels = dict(Category.choices)
    found = [
        PointFigures(
            name=str(row["point__label"] or labels[row["point__category"]]),
            category=row["point__category"],
            n=row["n"],
            expectation=_one(row["expected"]),
            reality=_one(row["found"]),
            shortfall=_one(row["short"]),
            weight=_one(row["weight"]),
        )
        for row in weighed
    ]
    return sorted(found, key=lambda one: (-one.weight, one.reality))


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """key: a tier, the name of a region or the first day of a month. better: guess less found, above 0 where we thought
    them better off than they are; None where nobody guessed.
    """

    key: str | datetime.date
    n: int
    overall: Decimal
    renew: Decimal
    reality: Decimal
    shortfall: Decimal
    better: Decimal | None

    @property
    def worse(self) -> Decimal | None:
        return None if self.better is None else -self.better


GROUPS = {"tier": "invitation__customer__standing__tier", "region": "invitation__customer__region__name"}


def by_group(user: User, survey: Survey | None, group: str) -> list[GroupFigures]:
    """By tier, region or month (of all rounds where none is named). Three statements."""
    responses = SurveyResponse.objects.visible_to(user).counting()
    if survey is not None:
        responses = responses.filter(invitation__survey=survey)

    def grouped(rows, path):
        found = TruncMonth(f"{path}answered_at") if group == "month" else F(f"{path}{GROUPS[group]}")
        return rows.order_by().annotate(group=found).values("group")

    points = {
        row["group"]: row
        for row in grouped(_answers(user, survey), "response__").annotate(found=Avg("reality"), short=Avg(_SHORT))
    }
    guesses = _guessed(user, survey).annotate(answered_at=F("invitation__response__answered_at"))
    better = {row["group"]: row["better"] for row in grouped(guesses, "").annotate(better=_BETTER)}
    found = [
        GroupFigures(
            key=row["group"].date() if isinstance(row["group"], datetime.datetime) else row["group"] or "",
            n=row["n"],
            overall=_one(row["content"]),
            renew=_one(row["again"]),
            reality=_one(points[row["group"]]["found"]),
            shortfall=_one(points[row["group"]]["short"]),
            better=_one(better[row["group"]]) if row["group"] in better else None,
        )
        for row in grouped(responses, "").annotate(n=Count("pk"), content=Avg("overall"), again=Avg("renew"))
        if row["group"] in points
    ]
    return sorted(found, key=lambda one: str(one.key))


@dataclass(frozen=True, slots=True)
class BlindFigures:
    """Means of guess less answer: above 0 we thought them better off than they are."""

    name: str
    n: int
    expectation: Decimal
    reality: Decimal


_BETTER = Avg(F("reality") - F("found"), output_field=FloatField())


def blindness(user: User, survey: Survey) -> list[BlindFigures]:
    """By point, the most wrong first. Only where both guess and answer are there and may be seen. One statement."""
    labels = dict(Category.choices)
    grouped = (
        _guessed(user, survey)
        .order_by()
        .values("point_id", "point__label", "point__category")
        .annotate(n=Count("pk"), more=Avg(F("expectation") - F("expected"), output_field=FloatField()), better=_BETTER)
    )
    figures = [
        BlindFigures(
            str(row["point__label"] or labels[row["point__category"]]), row["n"], _one(row["more"]), _one(row["better"])
        )
        for row in grouped
    ]
    return sorted(figures, key=lambda one: -(abs(one.expectation) + abs(one.reality)))


def _guessed(user: User, survey: Survey | None) -> QuerySet[ManagerGuess]:
    """Guesses with what was answered to them (`expected`, `found`); those without an answer are left out."""
    said = _answers(user, survey).filter(response__invitation=OuterRef("invitation"), point=OuterRef("point"))
    rows = ManagerGuess.objects.visible_to(user).filter(invitation__set_aside=False)
    if survey is not None:
        rows = rows.filter(invitation__survey=survey)
    rows = rows.annotate(expected=Subquery(said.values("expectation")[:1]), found=Subquery(said.values("reality")[:1]))
    return rows.filter(expected__isnull=False)


def _answers(user: User, survey: Survey | None) -> QuerySet[SurveyAnswer]:
    rows = SurveyAnswer.objects.visible_to(user).filter(response__invitation__set_aside=False)
    return rows if survey is None else rows.filter(response__invitation__survey=survey)


@dataclass(frozen=True, slots=True)
class Whole:
    """hidden: answers that this person may not see before they have guessed. together: how content they are with
    whether they would sign again, where that can be said.
    """

    states: dict[str, int]
    asked: int
    answered: int
    hidden: int
    overall: Decimal | None
    renew: Decimal | None
    trust: Decimal | None
    together: gaps.Association | None
    calls: list[int]

    @property
    def silent(self) -> int:
        return self.states.get(State.EXPIRED, 0) + self.states.get(State.ASKED, 0)


def whole(user: User, survey: Survey) -> Whole:
    """Two statements."""
    invited = SurveyInvitation.objects.visible_to(user).counting().filter(survey=survey).order_by()
    states = dict(invited.values_list("state").annotate(n=Count("pk")))
    rows = list(
        SurveyResponse.objects.visible_to(user)
        .counting()
        .filter(invitation__survey=survey)
        .order_by("pk")
        .values_list("invitation_id", "overall", "renew", "trust")
    )
    trusts = [trust for _pk, _overall, _renew, trust in rows if trust is not None]
    answered = states.get(State.ANSWERED, 0)
    return Whole(
        states=states,
        asked=sum(states.values()),
        answered=answered,
        hidden=answered - len(rows),
        overall=_mean([overall for _pk, overall, _renew, _trust in rows]),
        renew=_mean([renew for _pk, _overall, renew, _trust in rows]),
        trust=_mean(trusts),
        together=gaps.association([(overall, renew) for _pk, overall, renew, _trust in rows]),
        calls=gaps.bottom_fifth({pk: overall for pk, overall, _renew, _trust in rows}),
    )


def to_call(user: User, invitation_ids: Sequence[int]) -> list[SurveyResponse]:
    """The responses of these invitations, the least content first. One statement."""
    rows = SurveyResponse.objects.visible_to(user).filter(invitation_id__in=list(invitation_ids)[:CALLS])
    rows = rows.select_related("invitation__customer__standing")
    return list(rows.order_by("overall", "invitation_id"))


def invitations(user: User, survey: Survey) -> QuerySet[SurveyInvitation]:
    """Of those in reach, with who guesses. One statement."""
    rows = SurveyInvitation.objects.visible_to(user).counting().filter(survey=survey)
    return with_guessers(rows, user).select_related("customer__standing")


def with_guessers(rows: QuerySet[SurveyInvitation], user: User) -> QuerySet[SurveyInvitation]:
    """`mine`: this person looks after the customer, so guesses; `anybodys`: somebody does."""
    held = guessers(today()).filter(customer=OuterRef("customer_id"))
    return rows.annotate(mine=Exists(held.filter(user=user)), anybodys=Exists(held))


def points_of(survey: Survey) -> list[SurveyPoint]:
    return list(SurveyPoint.objects.filter(template_id=survey.template_id).order_by("position"))


# --- of one customer ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """A point of an answer, with the guess where there is one. short: expected less found, never below 0."""

    name: str
    point: gaps.Point
    direct: str
    guessed: tuple[int, int] | None

    @property
    def blind(self) -> int | None:
        """How much better we thought it was found than it was."""
        return None if self.guessed is None else self.guessed[1] - self.point.reality


def lines(user: User, response: SurveyResponse) -> list[Line]:
    """What to work on first at the top. Two statements."""
    guesses = {
        point: (expectation, reality)
        for point, expectation, reality in ManagerGuess.objects.visible_to(user)
        .filter(invitation_id=response.invitation_id)
        .values_list("point_id", "expectation", "reality")
    }
    rows = SurveyAnswer.objects.visible_to(user).filter(response=response).select_related("point").order_by("pk")
    said = {one.point_id: one for one in rows}
    points = [gaps.Point(pk, one.expectation, one.reality, one.importance) for pk, one in said.items()]
    return [
        Line(
            str(said[one.key].point.called),
            one,
            str(said[one.key].get_direct_display()) if said[one.key].direct is not None else "",
            guesses.get(one.key),
        )
        for one in gaps.ordered(points)
    ]


def responses_of(user: User, customer: Customer) -> QuerySet[SurveyResponse]:
    """The latest first, with the mean of what was found (`reality`). One statement."""
    rows = SurveyResponse.objects.visible_to(user).counting().filter(invitation__customer=customer)
    return rows.select_related("invitation__survey").annotate(reality=Avg("answers__reality"))


def open_invitation(customer: Customer, day: datetime.date) -> SurveyInvitation | None:
    """The one a customer may answer now, the first to close. For the dealers' pages. One statement."""
    rows = SurveyInvitation.objects.waiting(day).filter(customer=customer).select_related("survey")
    return rows.order_by("survey__closes_on", "pk").first()


# --- for slices above ---------------------------------------------------------------------------------------------


Latest = dict[int, tuple[int, datetime.datetime]]


def _latest(
    user: User, customer_ids: Collection[int], field: str, until: datetime.date | None
) -> tuple[Latest, set[int]]:
    """The last answers that this person may see, and whose answers they have to guess first. One statement."""
    rows = SurveyResponse.objects.counting().filter(
        invitation__customer_id__in=customer_ids, **{f"{field}__isnull": False}
    )
    if until is not None:
        rows = rows.filter(answered_at__date__lte=until)
    found: Latest = {}
    hidden: set[int] = set()
    rows = rows.with_revealed(user).order_by("answered_at", "pk")
    for pk, value, at, revealed in rows.values_list("invitation__customer_id", field, "answered_at", "revealed"):
        if revealed:
            found[pk] = (value, at)
        else:
            hidden.add(pk)
    return found, hidden


def theirs_trust(
    user: User, customer_ids: Collection[int], until: datetime.date | None = None
) -> tuple[Latest, set[int]]:
    """{customer: (1 to 10: "you keep your word", when)}: how they read what we owe them; and whose answer this person
    has to guess before seeing it. One statement.
    """
    return _latest(user, customer_ids, "trust", until)


def _one(value: float | None) -> Decimal:
    return Decimal(str(value or 0)).quantize(Decimal("0.1"), ROUND_HALF_UP)


def _mean(values: Sequence[int]) -> Decimal | None:
    return _one(sum(values) / len(values)) if values else None
