"""The demo company's surveys: a round that is over, with guesses, and one that is open."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from random import Random

from django.utils import timezone

from crm.accounts.models import User
from customers.profile.models import Customer
from customers.surveys import actions, answering, working
from customers.surveys.models import Survey, SurveyInvitation

SAID = (
    "补货再快一点就好了。",
    "价格被网上冲得厉害，希望管一管。",
    "小美经理常来，有事能找到人。",
    "活动物料总是晚两天。",
    "今年利润薄，想多一点支持。",
)
# How far what is found lies from what is expected, by category.
USUAL_GAP = {"supply": -1, "price": -2, "promotion": -1, "service": 1, "support": -1, "profit": -2}
MOST = 200
BEGUN_BEFORE = datetime.timedelta(days=75)


def begun_at() -> datetime.datetime:
    return timezone.now() - BEGUN_BEFORE


def tell(story, staff: Mapping[str, User], manager_of: Mapping[str, User]) -> None:
    """By the actions; the round is then put where it belongs in time."""
    place_of = {client.code: client.city.province for client in story.clients if client.state == "active"}
    random = Random(f"surveys {story.seed}")
    codes = random.sample(sorted(place_of), min(MOST, len(place_of)))
    customers = list(Customer.objects.filter(code__in=codes).order_by("code"))
    admin, day = staff["admin"], timezone.localdate()
    template = actions.write_template(name="经销商满意度", by=admin)
    over = actions.begin_survey(
        template=template, name="上季度满意度", opens_on=day, closes_on=day, customers=customers, by=admin
    )
    points = list(template.points.all())
    for one in SurveyInvitation.objects.filter(survey=over).select_related("customer").order_by("pk"):
        if random.random() < 0.62:
            _answer(one, points, manager_of[place_of[one.customer.code]], random)
        elif random.random() < 0.1:
            actions.decline(invitation=one, by=manager_of[place_of[one.customer.code]])
    _settle(over, day, random)
    actions.expire(day)
    working.open_left_over(day)
    actions.begin_survey(
        template=template,
        name="本季度满意度",
        opens_on=day,
        closes_on=day + datetime.timedelta(days=20),
        customers=customers[: max(1, len(customers) // 3)],
        by=admin,
    )


def _answer(invitation: SurveyInvitation, points, manager: User, random: Random) -> None:
    mood = random.gauss(0, 1.3)
    said = {}
    for point in points:
        expectation = _within(random.gauss(8, 1))
        reality = _within(expectation + USUAL_GAP[point.category] + mood + random.gauss(0, 1.2))
        direct = (reality > expectation) - (reality < expectation)
        importance = random.choice((None, 3, 4, 5))
        said[point.pk] = answering.Said(expectation, reality, direct, importance)
    found = sum(one.reality for one in said.values()) / len(said)
    if random.random() < 0.8:
        guesses = {
            pk: (_within(one.expectation + random.gauss(-0.5, 1)), _within(one.reality + random.gauss(1.2, 1.2)))
            for pk, one in said.items()
        }
        answering.guess(invitation=invitation, guesses=guesses, by=manager)
    overall = _within(found + random.gauss(0, 0.8))
    answering.answer(
        invitation=invitation,
        answers=said,
        overall=overall,
        renew=_within(overall + random.gauss(0.5, 1)),
        trust=_within(found + random.gauss(0.3, 1)),
        comment=random.choice(SAID) if random.random() < 0.4 else "",
        through="link",
        at=begun_at() + datetime.timedelta(hours=random.randrange(48, 14 * 24)),
    )


def _within(value: float) -> int:
    return max(1, min(10, round(value)))


def _settle(survey: Survey, day: datetime.date, random: Random) -> None:
    """What was asked and guessed within a minute is two months old, like its answers."""
    begun = day - BEGUN_BEFORE
    Survey.objects.filter(pk=survey.pk).update(opens_on=begun, closes_on=begun + datetime.timedelta(days=14))
    moment = begun_at()
    asked = list(SurveyInvitation.objects.filter(survey=survey))
    for one in asked:
        one.asked_at = moment
        if one.guessed_at:
            one.guessed_at = moment + datetime.timedelta(hours=random.randrange(1, 48))
    SurveyInvitation.objects.bulk_update(asked, ["asked_at", "guessed_at"], batch_size=500)
