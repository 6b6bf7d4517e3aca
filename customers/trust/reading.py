"""Trust and silence, read from promises, issues, contacts and surveys. Nothing is kept here.

Callers pass customers they have checked with `visible_to`. What is private counts for nothing: a figure never tells
that it is there.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Mapping
from decimal import Decimal

from django.db.models import Count, F, Max, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.clock import start_of
from customers.contacts.models import Contact
from customers.issues.models import DONE, UNSOLVED, Issue
from customers.profile.models import Customer
from customers.promises.models import Commitment, Side, State
from customers.surveys.models import SurveyResponse
from customers.surveys.reading import theirs_trust
from customers.trust.ledger import Movement, Reading, a_year_before, reading_of
from customers.trust.silence import Heard


def movements(customer: Customer, since: datetime.date, until: datetime.date) -> list[Movement]:
    """After `since` until `until`, the latest first. Three statements."""
    found = [*_of_promises(customer, since, until), *_of_issues(customer, since, until)]
    found += _of_contacts(customer, since, until)
    return sorted(found, key=lambda one: (one.on, one.kind, one.url), reverse=True)


def _of_promises(customer: Customer, since, until) -> list[Movement]:
    rows = Commitment.objects.filter(customer=customer, side=Side.OURS, settled_on__gt=since, settled_on__lte=until)
    return [
        Movement(
            _kept(one.state, one.settled_on, one.due_on),
            one.settled_on,
            one.text,
            reverse("promises:detail", args=[one.pk]),
        )
        for one in rows.filter(state__in=(State.KEPT, State.BROKEN))
    ]


def _kept(state: str, settled_on: datetime.date, due_on: datetime.date) -> str:
    if state == State.BROKEN:
        return "promise_broken"
    return "promise_late" if settled_on > due_on else "promise_kept"


def _of_issues(customer: Customer, since, until) -> list[Movement]:
    """In time or late, and what the customer says; one that is late and open counts on the day after it was due."""
    found = []
    for one in Issue.objects.filter(customer=customer).filter(_moved(since, until)):
        url = reverse("issues:detail", args=[one.pk])
        if one.state in DONE:
            if one.solved_on is not None and since < one.solved_on <= until:
                kind = "issue_in_time" if one.solved_on <= one.due_on else "issue_late"
                found.append(Movement(kind, one.solved_on, one.title, url))
        elif one.state in UNSOLVED and since < _after(one.due_on) <= until:
            found.append(Movement("issue_late", _after(one.due_on), one.title, url))
        if one.word_at is not None and since < (on := timezone.localdate(one.word_at)) <= until:
            found.append(Movement("issue_confirmed" if one.word else "issue_denied", on, one.title, url))
    return found


def _after(day: datetime.date) -> datetime.date:
    return day + datetime.timedelta(days=1)


def _moved(since: datetime.date, until: datetime.date) -> Q:
    return (
        Q(state__in=DONE, solved_on__gt=since, solved_on__lte=until)
        | Q(state__in=UNSOLVED, due_on__gte=since, due_on__lt=until)
        | Q(word_at__gte=start_of(_after(since)), word_at__lt=start_of(_after(until)))
    )


def _of_contacts(customer: Customer, since, until) -> list[Movement]:
    """Listened without more, or spoken without asking for anything: one deposit a contact."""
    rows = Contact.objects.open().filter(customer=customer).filter(_given(since, until))
    return [
        Movement(
            "listened" if one.just_listened else "asked_nothing",
            timezone.localdate(one.happened_at),
            one.text or one.get_channel_display(),
            reverse("contacts:detail", args=[one.pk]),
        )
        for one in rows
    ]


def _given(since: datetime.date, until: datetime.date) -> Q:
    days = Q(happened_at__gte=start_of(_after(since)), happened_at__lt=start_of(_after(until)))
    return days & (Q(just_listened=True) | Q(asked_nothing=True))


def readings_of_many(user: User, ids: Collection[int], day: datetime.date) -> dict[int, Reading]:
    """{customer: reading} of the year up to a day, all of them; without the answers that this person has to guess
    first. Four statements.
    """
    since = a_year_before(day)
    counted: dict[int, dict[str, int]] = {pk: defaultdict(int) for pk in ids}
    within = Q(settled_on__gt=since, settled_on__lte=day)
    promises = Commitment.objects.filter(
        within, customer_id__in=ids, side=Side.OURS, state__in=(State.KEPT, State.BROKEN)
    )
    late = Q(state=State.KEPT, settled_on__gt=F("due_on"))
    _add(
        counted,
        promises,
        promise_broken=Q(state=State.BROKEN),
        promise_late=late,
        promise_kept=Q(state=State.KEPT, settled_on__lte=F("due_on")),
    )
    solved = Q(state__in=DONE, solved_on__gt=since, solved_on__lte=day)
    said = Q(word_at__gte=start_of(_after(since)), word_at__lt=start_of(_after(day)))
    _add(
        counted,
        Issue.objects.filter(_moved(since, day), customer_id__in=ids),
        issue_in_time=solved & Q(solved_on__lte=F("due_on")),
        issue_late=(solved & Q(solved_on__gt=F("due_on"))) | Q(state__in=UNSOLVED, due_on__gte=since, due_on__lt=day),
        issue_confirmed=said & Q(word=True),
        issue_denied=said & Q(word=False),
    )
    _add(
        counted,
        Contact.objects.open().filter(_given(since, day), customer_id__in=ids),
        listened=Q(just_listened=True),
        asked_nothing=Q(just_listened=False),
    )
    theirs, hidden = theirs_trust(user, ids, day)
    return {
        pk: reading_of(counts, Decimal(theirs[pk][0]) if pk in theirs else None, hidden=pk in hidden)
        for pk, counts in counted.items()
    }


def _add(counted: Mapping[int, dict[str, int]], rows, **kinds: Q) -> None:
    for row in (
        rows.order_by().values("customer_id").annotate(**{kind: Count("pk", filter=q) for kind, q in kinds.items()})
    ):
        for kind in kinds:
            counted[row["customer_id"]][kind] += row[kind]


def heard_of_many(ids: Collection[int]) -> dict[int, Heard]:
    """{customer: when it last told us something}: an issue of its own, a mood or words in a contact, an answer to a
    survey. Three statements.
    """
    issues = Issue.objects.filter(customer_id__in=ids, origin="told").order_by()
    moods = Contact.objects.open().filter(customer_id__in=ids).filter(SPOKE).order_by()
    answers = SurveyResponse.objects.counting().filter(invitation__customer_id__in=ids).order_by()
    issue_on = dict(issues.values("customer_id").annotate(on=Max("reported_on")).values_list("customer_id", "on"))
    mood_at = dict(moods.values("customer_id").annotate(at=Max("happened_at")).values_list("customer_id", "at"))
    answer_at = dict(
        answers.values("invitation__customer_id")
        .annotate(at=Max("answered_at"))
        .values_list("invitation__customer_id", "at")
    )
    return {
        pk: Heard(
            issue_on.get(pk),
            timezone.localdate(mood_at[pk]) if pk in mood_at else None,
            timezone.localdate(answer_at[pk]) if pk in answer_at else None,
        )
        for pk in ids
    }


SPOKE = Q(mood_before__isnull=False) | Q(mood_after__isnull=False) | Q(just_listened=True)
"""A contact in which the customer told something: how it felt, or its troubles."""


def kind_name(kind: str) -> str:
    return {
        "promise_kept": _("we kept a promise"),
        "promise_late": _("we kept a promise late"),
        "promise_broken": _("we broke a promise"),
        "issue_in_time": _("an issue solved in time"),
        "issue_late": _("an issue solved late, or still open"),
        "issue_confirmed": _("they say an issue is solved"),
        "issue_denied": _("they say an issue is not solved"),
        "asked_nothing": _("spoken without asking for anything"),
        "listened": _("just listened"),
    }[kind]


def theirs_of(user: User, customer: Customer, day: datetime.date) -> tuple[Decimal | None, bool]:
    """What the customer answered when last asked whether we keep our word, as far as this person may see it; and
    whether there is an answer that they have to guess first. One statement.
    """
    found, hidden = theirs_trust(user, [customer.pk], day)
    said = found.get(customer.pk)
    return (Decimal(said[0]) if said else None), customer.pk in hidden
