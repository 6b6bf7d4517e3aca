"""Common ground: writing a subject down, saying that it was spoken of, setting it aside."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.actions import HIDDEN, record
from crm.clock import today
from crm.refusing import refusal_of
from customers.contacts.models import LONGEST_TOPIC, Ground, Topic
from customers.people.models import Person
from customers.profile.models import Customer
from customers.promises.actions import check_person

LONGEST_SOURCE = 60


@transaction.atomic
def add_topic(
    *,
    customer: Customer,
    text: str,
    by: User | None,
    kind: str = Ground.TOPIC,
    person: Person | None = None,
    source: str = "",
    since: datetime.date | None = None,
) -> Topic:
    """Raises ValidationError keyed by field."""
    Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
    text, source = _line(text), _line(source)
    if not text:
        raise refusal_of("text", _("Write a few words."), "required")
    for name, value, most in (("text", text, LONGEST_TOPIC), ("source", source, LONGEST_SOURCE)):
        if len(value) > most:
            raise refusal_of(name, _("%(most)d characters at most.") % {"most": most}, "long")
    if kind not in Ground.values:
        raise refusal_of("kind", _("Choose one of those offered."), "choice")
    if since is not None and since > today():
        raise refusal_of("since", _("This day is yet to come."), "future")
    check_person(person, customer)
    if Topic.objects.live().filter(customer=customer, text__iexact=text).exists():
        raise refusal_of("text", _("This is written down already."), "twice")
    made = Topic.objects.create(
        customer=customer,
        person=person,
        kind=kind,
        text=text,
        source=source,
        since=since or today(),
        added_by=by,
    )
    _record("topic.add", made, by)
    return made


@transaction.atomic
def use_topics(*, topics: Sequence[Topic], customer: Customer, day: datetime.date, by: User | None) -> int:
    """They were spoken of on a day; a later day stands. One statement for all; how many they were."""
    ids = {one.pk for one in topics}
    rows = Topic.objects.select_for_update().usable().filter(customer=customer, pk__in=ids)
    if len(ids) != len(found := list(rows)):
        raise refusal_of("topics", _("This is not common ground with this customer."), "topic")
    for one in found:
        one.last_used_on = max(day, one.last_used_on) if one.last_used_on else day
        one.used = F("used") + 1
    if found:
        Topic.objects.bulk_update(found, ["last_used_on", "used"])
    return len(found)


@transaction.atomic
def retire_topic(*, topic: Topic, by: User | None) -> Topic:
    """It is no common ground any more; `bring_back` undoes that. One set aside already stays so."""
    held = _held(topic)
    if held.retired_on is None:
        held.retired_on = today()
        held.save(update_fields=["retired_on"])
        _record("topic.retire", held, by)
    return held


@transaction.atomic
def bring_back(*, topic: Topic, by: User | None) -> Topic:
    held = _held(topic)
    if held.retired_on is not None:
        if Topic.objects.live().filter(customer=held.customer, text__iexact=held.text).exists():
            raise ValidationError(_("This is written down already."), code="twice")
        held.retired_on = None
        held.save(update_fields=["retired_on"])
        _record("topic.bring_back", held, by)
    return held


def _held(topic: Topic) -> Topic:
    return Topic.objects.select_for_update(of=("self",)).select_related("customer").get(pk=topic.pk)


def _record(action: str, topic: Topic, by: User | None) -> None:
    # The customer's history is read by more people than what is to be avoided.
    text = HIDDEN if topic.kind == Ground.AVOID else topic.text
    changes = {"topic": [None, text], "kind_of_ground": [None, topic.kind]}
    record(action=action, target=topic.customer, changes=changes, actor=by)


def _line(text: str) -> str:
    return " ".join(text.replace("\0", "").split())
