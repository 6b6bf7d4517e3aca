"""What a brief tells beside what goes with a handover: the customer's own points, trouble, figures, what is left.

Each takes the ids of customers that came through `visible_to(user)` and gives {customer id: lines}; as many statements
for many customers as for one.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Sequence
from decimal import Decimal

from django.conf import settings
from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.shell import numbers
from customers.contacts.reading import latest_of_many
from customers.issues.models import Issue
from customers.issues.models import State as IssueState
from customers.profile.models import Customer
from customers.slumps.models import SlumpAlert
from customers.slumps.words import sentence
from customers.support import words as support_words
from customers.support.entitlements import of_many as entitlements_of_many
from customers.support.showing import lines_of
from visits.agenda.models import AgendaPoint, Says, TimeAnswer
from visits.plan.models import PlannedVisit, State

Lines = dict[int, list[str]]
MOST_ISSUES = 5


def last_visits(user, ids: Collection[int]) -> Lines:
    """The last one made: when, by whom, what came of it. One statement."""
    place = Window(RowNumber(), partition_by=["customer_id"], order_by=[F("day").desc(), F("pk").desc()])
    rows = PlannedVisit.objects.visible_to(user).filter(customer_id__in=list(ids), state=State.DONE)
    rows = rows.annotate(place=place).filter(place=1).select_related("visitor")
    told = {}
    for one in rows:
        values = {"day": day_of(one.day), "who": one.visitor, "text": one.outcome}
        line = _("%(day)s, %(who)s: %(text)s") if one.outcome else _("%(day)s, %(who)s")
        told[one.customer_id] = [line % values]
    return told


def next_steps(ids: Collection[int]) -> Lines:
    """What was to come next, as it was said last time. One statement."""
    told = {}
    for pk, found in latest_of_many(list(ids), 1).items():
        one = found[0]
        if one.next_step and one.next_on:
            told[pk] = [_("Next step by %(day)s: %(text)s") % {"day": day_of(one.next_on), "text": one.next_step}]
        elif one.next_step:
            told[pk] = [_("Next step: %(text)s") % {"text": one.next_step}]
    return told


def issues(user, ids: Collection[int], day: datetime.date) -> Lines:
    """Unsolved ones, the most pressing first. One statement."""
    told: Lines = defaultdict(list)
    rows = Issue.objects.visible_to(user).unsolved().filter(customer_id__in=list(ids))
    for one in rows.most_pressing_first():
        if len(told[one.customer_id]) >= MOST_ISSUES:
            continue
        told[one.customer_id].append(_of_issue(one, day))
    return told


def _of_issue(one: Issue, day: datetime.date) -> str:
    """What waits for the customer is late only where it was before it waited."""
    late, values = (one.day_of_clock(day) - one.due_on).days, {"title": one.title, "day": day_of(one.due_on)}
    if one.state == IssueState.WAITING:
        if late <= 0:
            return _("%(title)s (waits for the customer)") % values
        line = ngettext(
            "%(title)s (waits for the customer; %(n)d day late before)",
            "%(title)s (waits for the customer; %(n)d days late before)",
            late,
        )
        return line % (values | {"n": late})
    if late <= 0:
        return _("%(title)s (to be solved by %(day)s)") % values
    line = ngettext("%(title)s (%(n)d day late)", "%(title)s (%(n)d days late)", late)
    return line % (values | {"n": late})


def slumps(user, ids: Collection[int]) -> Lines:
    """One statement."""
    told: Lines = defaultdict(list)
    for one in SlumpAlert.objects.visible_to(user).on().filter(customer_id__in=list(ids)).defer("evidence"):
        told[one.customer_id].append(sentence(one))
    return told


def figures(customers: Sequence[Customer]) -> Lines:
    """Sales of twelve months and their growth. No statement: the standing came along."""
    told: Lines = {}
    for one in customers:
        standing = getattr(one, "standing", None)
        if standing is None or not (standing.w0 or standing.w1):
            continue
        growth = Decimal(standing.growth) / 10000 if standing.growth is not None else None
        values = {
            "now": numbers.money(standing.w0, settings.CURRENCY),
            "before": numbers.money(standing.w1, settings.CURRENCY),
            "growth": numbers.growth(growth)[0],
        }
        told[one.pk] = [_("Sales of 12 months: %(now)s, the 12 before: %(before)s (%(growth)s)") % values]
    return told


def entitled(ids: Collection[int], day: datetime.date) -> Lines:
    """What the tier gives, and what is left of it. Six statements at most."""
    told: Lines = {}
    for pk, card in entitlements_of_many(list(ids), day).items():
        told[pk] = [
            _("%(line)s; %(left)s left") % {"line": one.text, "left": support_words.money(one.left)}
            if one.is_spent
            else one.text
            for one in lines_of(card)
        ]
    return told


def agenda(user, visit_ids: Collection[int]) -> Lines:
    """{visit id: what the customer said before it}. Two statements."""
    told: Lines = defaultdict(list)
    answers = TimeAnswer.objects.visible_to(user).filter(visit_id__in=list(visit_ids)).select_related("visit")
    for one in answers:
        if one.speaks_of(one.visit):
            told[one.visit_id].append(_said(one))
    for point in AgendaPoint.objects.visible_to(user).filter(visit_id__in=list(visit_ids)).order_by("pk"):
        told[point.visit_id].append(point.text)
    return told


def _said(one: TimeAnswer) -> str:
    if one.says == Says.YES:
        return _("The time suits them.")
    if one.proposed_on is None:
        return _("The time does not suit them.")
    other = day_of(one.proposed_on)
    if one.proposed_at is not None:
        other = f"{other} {one.proposed_at:%H:%M}"
    return _("The time does not suit them; they propose %(other)s.") % {"other": other}


def day_of(value: datetime.date) -> str:
    return formats.date_format(value, "DATE_FORMAT")
