"""Many customers of one promotion at once: what they answered, that materials went and came, how they ran it.

What is wrong for all of them is refused whole, by field. Of the others each one that can be done is done, and each one
that cannot is named with its reason, as when customers are assigned or tagged. As many statements for many as for few.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.accounts.models import User
from crm.audit.actions import record_many
from crm.clock import now, today
from crm.refusing import refusal_of
from customers.relationship.actions import Witnessed, witness_many
from customers.relationship.models import Kind as EvidenceKind
from promotions.rollout import money
from promotions.rollout.judging import checked_judgement, not_ahead
from promotions.rollout.models import Answer, Participation, Promotion, State

MOST = 500
"""So many at once: pages show fewer, programs send the rest in a second call."""
SOURCE = "promotion"
SAID = [(one.value, one.label) for one in (Answer.ACCEPTED, Answer.DECLINED)]
"""What somebody wants otherwise is said one by one."""
WORDS = {
    "judged": gettext_lazy("It was judged already."),
    "part": gettext_lazy("They do not take part."),
    "sent": gettext_lazy("The materials were sent already."),
    "there": gettext_lazy("The materials are there already."),
    "before": gettext_lazy("That was before they were sent."),
}
"""Why one of many is left as it was."""


@dataclass(frozen=True, slots=True)
class Refused:
    """why: a key of WORDS."""

    participation: Participation
    why: str

    @property
    def words(self) -> str:
        return str(WORDS[self.why])


@dataclass(frozen=True, slots=True)
class Done:
    """done: those that were changed, as they were before. Whoever is beyond the doer's reach is in neither list."""

    done: list[Participation]
    refused: list[Refused]


@transaction.atomic
def answer_many(*, promotion: Promotion, ids: Iterable[int], answer: str, by: User, told_by: str = "") -> Done:
    """What several said on the phone. answer: accepted or declined. Raises OverBudget for all of them where those who
    said no before come back to a budget that is used up.
    """
    if answer not in dict(SAID):
        raise refusal_of("answer", _("Choose one of the answers."), "answer")
    found = _parted(promotion, ids, by, lambda one: "judged" if one.compliance else "")
    said = {"answer": answer, "counter": "", "answered_at": now(), "told_by": told_by.strip()[:80]}
    money.follow_many(promotion, [one.pk for one in found.done], answer, by)
    _write(promotion, found, "promotion.answer", by, said, {"participation": answer})
    return found


@transaction.atomic
def send_many(*, promotion: Promotion, ids: Iterable[int], on: datetime.date, by: User) -> Done:
    """Materials went out."""
    not_ahead("on", on)

    def why(one: Participation) -> str:
        if one.answer != Answer.ACCEPTED:
            return "part"
        return "sent" if one.sent_on else ""

    found = _parted(promotion, ids, by, why)
    _write(promotion, found, "promotion.send", by, {"sent_on": on}, {"sent_on": on})
    return found


@transaction.atomic
def receive_many(*, promotion: Promotion, ids: Iterable[int], on: datetime.date, by: User) -> Done:
    """Materials are there. Where nobody wrote down that they were sent, they were sent by then."""
    not_ahead("on", on)

    def why(one: Participation) -> str:
        if one.answer != Answer.ACCEPTED:
            return "part"
        if one.received_on:
            return "there"
        return "before" if one.sent_on and one.sent_on > on else ""

    found = _parted(promotion, ids, by, why)
    unsent = [one.pk for one in found.done if one.sent_on is None]
    Participation.objects.filter(pk__in=unsent).update(sent_on=on)
    _write(promotion, found, "promotion.receive", by, {"received_on": on}, {"received_on": on})
    return found


@transaction.atomic
def judge_many(
    *, promotion: Promotion, ids: Iterable[int], compliance: str, by: User, credit: int | None = None, how: str = ""
) -> Done:
    """The same of all of them, as `judge` says it of one; evidence of how each of them cooperates."""
    credit, how = checked_judgement(promotion, compliance, credit, how)

    def why(one: Participation) -> str:
        if one.answer != Answer.ACCEPTED:
            return "part"
        return "judged" if one.compliance else ""

    found = _parted(promotion, ids, by, why)
    said = {"compliance": compliance, "credit": credit, "how": how, "judged_by": by, "judged_at": now()}
    _write(promotion, found, "promotion.judge", by, said, {"compliance": compliance})
    kept, on = Decimal(credit) / 100, min(today(), promotion.ends_on)
    events = [
        Witnessed(
            customer_id=one.customer_id,
            kind=EvidenceKind.PROMOTION,
            kept=kept,
            on=on,
            source=SOURCE,
            ref=str(one.pk),
            note=promotion.title[:300],
        )
        for one in found.done
    ]
    witness_many(events, by=by)
    return found


def _parted(promotion: Promotion, ids: Iterable[int], by: User, why: Callable[[Participation], str]) -> Done:
    """Those named that `by` may change, locked: those that can be done, and those that cannot."""
    wanted = set(ids)
    if len(wanted) > MOST:
        raise refusal_of("participations", _("%(most)d at most.") % {"most": MOST}, "many")
    if Promotion.objects.get(pk=promotion.pk).state != State.OPEN:
        raise ValidationError(_("This promotion is over."), code="over")
    rows: QuerySet[Participation] = Participation.objects.editable_by(by).counting().filter(promotion=promotion)
    held = rows.filter(pk__in=wanted).select_for_update(of=("self",)).select_related("customer").order_by("pk")
    done: list[Participation] = []
    refused: list[Refused] = []
    for one in held:
        reason = why(one)
        if reason:
            refused.append(Refused(one, reason))
        else:
            done.append(one)
    return Done(done, refused)


def _write(
    promotion: Promotion, found: Done, action: str, by: User, values: Mapping[str, Any], told: Mapping[str, Any]
) -> None:
    rows = Participation.objects.filter(pk__in=[one.pk for one in found.done])
    rows.update(**values, version=F("version") + 1)
    targets = [(one.customer, {"promotion": promotion.title, **told}) for one in found.done]
    record_many(action=action, targets=targets, actor=by)
