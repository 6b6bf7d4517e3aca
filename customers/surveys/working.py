"""The work that follows from an answer: an issue for each shortfall, once, and not before the answer may be known.

An issue names the point that falls short. So where somebody has yet to guess, it opens when they have, when they give
it up, or when the round is over.
"""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import CharField, Exists, F, OuterRef, Value
from django.db.models.functions import Cast, Concat
from django.utils import translation
from django.utils.translation import gettext as _

from crm.clock import today
from customers.issues import actions as issues
from customers.issues.models import Issue, Origin
from customers.surveys import gaps
from customers.surveys.guessing import guessers
from customers.surveys.models import SurveyAnswer, SurveyInvitation, SurveyResponse

LOOKED_BACK = datetime.timedelta(days=120)
"""Rounds that ended longer ago have had their issues."""


def is_awaited(invitation: SurveyInvitation) -> bool:
    """Whether somebody who looks after the customer has yet to guess. One statement at most."""
    if invitation.guessed_at is not None or invitation.waived:
        return False
    return guessers(today()).filter(customer_id=invitation.customer_id).exists()


def open_for(response: SurveyResponse) -> list[Issue]:
    """An issue for each shortfall of the template's threshold or more; those that are open already stay as they are."""
    survey = response.invitation.survey
    answers = {one.point_id: one for one in response.answers.select_related("point")}
    points = [gaps.Point(pk, one.expectation, one.reality, one.importance) for pk, one in answers.items()]
    made = []
    with translation.override(settings.LANGUAGE_CODE):
        ask = _("Answered in the survey %(survey)s. Ask what was expected, and what would be enough.")
        for one in gaps.work_orders(points, survey.template.threshold):
            point = answers[int(one.key)].point
            values = {"point": point.called, "survey": survey.name}
            made.append(
                issues.open_issue(
                    customer=response.invitation.customer,
                    title=(_("%(point)s: less than expected") % values)[:120],
                    text=ask % values,
                    category=point.category,
                    severity=severity_of(one.shortfall),
                    origin=Origin.TOLD,
                    by=response.written_by,
                    once=f"survey:{response.pk}:{point.pk}",
                )
            )
    return made


def severity_of(shortfall: int) -> int:
    """How bad an issue is that a shortfall opens: 1–4 points annoy, 5 and more cost. That business stands still, only
    people say.
    """
    return 2 if shortfall < 5 else 3


@transaction.atomic
def open_left_over(day: datetime.date) -> int:
    """Of rounds that are over: what nobody guessed. Twice opens nothing more; returns how many answers it was of."""
    once = Concat(
        Value("survey:"),
        Cast("response_id", CharField()),
        Value(":"),
        Cast("point_id", CharField()),
        output_field=CharField(),
    )
    short = (
        SurveyAnswer.objects.filter(
            response__invitation__set_aside=False,
            response__invitation__guessed_at__isnull=True,
            response__invitation__waived="",
            response__invitation__survey__closes_on__lt=day,
            response__invitation__survey__closes_on__gte=day - LOOKED_BACK,
            expectation__gte=F("reality") + F("response__invitation__survey__template__threshold"),
        )
        .annotate(once=once)
        .filter(~Exists(Issue.objects.filter(once=OuterRef("once"))))
    )
    rows = SurveyResponse.objects.filter(pk__in=short.order_by().values("response_id"))
    rows = rows.select_related("invitation__survey__template", "invitation__customer", "written_by").order_by("pk")
    found = list(rows)
    for one in found:
        open_for(one)
    return len(found)
