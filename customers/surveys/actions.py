"""What is asked, whom and how long."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.actions import record, record_many
from crm.clock import now, today
from crm.refusing import refusal_of
from customers.issues.models import Category
from customers.profile.models import Customer
from customers.profile.models import State as CustomerState
from customers.surveys import links, witnessing
from customers.surveys.holding import waiting_of
from customers.surveys.models import (
    DEFAULT_POINTS,
    USUAL_THRESHOLD,
    State,
    Survey,
    SurveyInvitation,
    SurveyPoint,
    SurveyTemplate,
)

MOST_POINTS = 12
MOST_AT_ONCE = 5000
LONGEST_ROUND = 120
"""Days a round stays open at most."""
_AT_ONCE = 500


# --- what is asked ------------------------------------------------------------------------------------------------


@transaction.atomic
def write_template(
    *,
    name: str,
    by: User | None,
    kind: str = "",
    points: Sequence[tuple[str, str]] = tuple((one.value, "") for one in DEFAULT_POINTS),
    threshold: int = USUAL_THRESHOLD,
    asks_trust: bool = True,
    template: SurveyTemplate | None = None,
) -> SurveyTemplate:
    """A new one, or template changed: where a round has used it, as its next version. points: (category, own words)."""
    name = " ".join(name.split())
    points = [(category, " ".join(label.split())) for category, label in points]
    _check_template(name, points, threshold)
    values = {"name": name, "kind": kind, "threshold": threshold, "asks_trust": asks_trust}
    if template is None:
        made = SurveyTemplate.objects.create(made_by=by, **values)
    else:
        held = SurveyTemplate.objects.select_for_update().get(pk=template.pk)
        if not held.is_active:
            raise ValidationError(_("There is a later version of this template."), code="old")
        if Survey.objects.filter(template=held).exists():
            SurveyTemplate.objects.filter(pk=held.pk).update(is_active=False)
            made = SurveyTemplate.objects.create(made_by=by, version=held.version + 1, earlier=held, **values)
        else:
            SurveyPoint.objects.filter(template=held).delete()
            SurveyTemplate.objects.filter(pk=held.pk).update(**values, version=held.version + 1)
            made = SurveyTemplate.objects.get(pk=held.pk)
    SurveyPoint.objects.bulk_create(
        [SurveyPoint(template=made, position=n, category=one, label=label) for n, (one, label) in enumerate(points, 1)]
    )
    told = {"name": name, "points": [str(one) for one in made.points.all()], "threshold": threshold}
    record(action="survey.template", target=made, changes=told, actor=by)
    return made


def _check_template(name: str, points: Sequence[tuple[str, str]], threshold: int) -> None:
    if not name or len(name) > 80:
        raise refusal_of("name", _("Give it a name of at most 80 characters."), "name")
    if not points or len(points) > MOST_POINTS:
        raise refusal_of("points", _("Ask about 1 to %(most)d points.") % {"most": MOST_POINTS}, "points")
    if any(category not in Category.values for category, _label in points):
        raise refusal_of("points", _("There is no such choice."), "category")
    if any(len(label) > 80 for _category, label in points):
        raise refusal_of("points", _("%(most)d characters at most.") % {"most": 80}, "long")
    if len(set(points)) < len(points):
        raise refusal_of("points", _("Ask about each point once."), "twice")
    if isinstance(threshold, bool) or not 1 <= threshold <= 9:
        raise refusal_of("threshold", _("A shortfall is from 1 to 9."), "threshold")


# --- asking -------------------------------------------------------------------------------------------------------


@transaction.atomic
def begin_survey(
    *,
    template: SurveyTemplate,
    name: str,
    opens_on: datetime.date,
    closes_on: datetime.date,
    customers: Iterable[Customer],
    by: User | None,
) -> Survey:
    """customers: those in the person's reach; closed ones, and those the template is not for, are left out."""
    name = " ".join(name.split())
    if not name or len(name) > 80:
        raise refusal_of("name", _("Give it a name of at most 80 characters."), "name")
    if not template.is_active:
        raise refusal_of("template", _("There is a later version of this template."), "old")
    if closes_on < max(opens_on, today()):
        raise refusal_of("closes_on", _("This day has passed."), "past")
    if (closes_on - opens_on).days > LONGEST_ROUND:
        text = _("A round stays open for %(days)d days at most.") % {"days": LONGEST_ROUND}
        raise refusal_of("closes_on", text, "long")
    asked = [one for one in customers if _is_for(template, one)]
    if not asked:
        raise refusal_of("customers", _("There is nobody to ask: choose other customers."), "nobody")
    if len(asked) > MOST_AT_ONCE:
        text = _("%(most)d customers at once at most.") % {"most": MOST_AT_ONCE}
        raise refusal_of("customers", text, "many")
    survey = Survey.objects.create(template=template, name=name, opens_on=opens_on, closes_on=closes_on, made_by=by)
    moment = now()
    SurveyInvitation.objects.bulk_create(
        [
            SurveyInvitation(survey=survey, customer=one, nonce=links.new_nonce(), asked_by=by, asked_at=moment)
            for one in asked
        ],
        batch_size=_AT_ONCE,
    )
    told = {"survey": name, "opens_on": opens_on, "closes_on": closes_on, "customers": len(asked)}
    record(action="survey.begin", target=survey, changes=told, actor=by)
    return survey


def _is_for(template: SurveyTemplate, customer: Customer) -> bool:
    return customer.state != CustomerState.CLOSED and template.kind in ("", customer.kind)


@transaction.atomic
def end_survey(*, survey: Survey, by: User | None) -> Survey:
    """At once: links open nothing any more, who has not answered is "no answer"."""
    held = Survey.objects.select_for_update().get(pk=survey.pk)
    day = today()
    if held.closes_on < day:
        raise ValidationError(_("This round is over."), code="over")
    held.closes_on = max(held.opens_on, day - datetime.timedelta(days=1))
    held.version += 1
    held.save()
    SurveyInvitation.objects.filter(survey=held, state=State.ASKED).update(state=State.EXPIRED)
    record(action="survey.end", target=held, changes={"survey": held.name}, actor=by)
    return held


@transaction.atomic
def expire(day: datetime.date) -> int:
    """Those of rounds that are over who have not answered are silent, not content. A few statements.

    Of a round that was ended early nothing is held against them: they had thought that there was time.
    """
    rows = SurveyInvitation.objects.filter(state=State.ASKED, survey__closes_on__lt=day)
    reached = witnessing.reached(rows)
    found = rows.update(state=State.EXPIRED)
    witnessing.silent(reached)
    return found


@transaction.atomic
def decline(*, invitation: SurveyInvitation, by: User | None) -> SurveyInvitation:
    """They do not want to answer."""
    held = waiting_of(invitation)
    held.state = State.DECLINED
    held.save(update_fields=["state"])
    record(action="survey.decline", target=held.customer, changes={"survey": held.survey.name}, actor=by)
    return held


def note_shown(*, survey: Survey, invitations: Iterable[SurveyInvitation], by: User) -> None:
    """Whoever has seen a link could answer by it: the log knows who."""
    record_many(
        action="survey.links", targets=[(one.customer, {"survey": survey.name}) for one in invitations], actor=by
    )
