"""Asking for an erasure, letting it go ahead, carrying it out; withdrawing consent; copies of everything held."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm.audit.actions import HIDDEN, record
from crm.clock import now, today
from crm.exports.actions import ask_file
from crm.exports.models import Export
from crm.jobs.actions import enqueue
from crm.privacy import CUSTOMER, PERSON
from customers.facts.models import Fact
from customers.files.models import Attachment
from customers.people.models import Person, PersonRole
from customers.privacy import clearing, erasing
from customers.privacy.models import Erasure
from customers.privacy.rights import may_decide, needs_second, refuse_copy, refuse_erasing
from customers.privacy.subjects import Named, of
from customers.privacy.traces import log_of
from customers.profile.models import Customer

SUBJECT = "privacy.subject"
_AT_ONCE = 300


def named(row: Customer | Person) -> Named:
    return Named(CUSTOMER if isinstance(row, Customer) else PERSON, row)


@transaction.atomic
def ask_copy(*, row: Customer | Person, reason: str, by) -> Export:
    """Ask for one file of all that is held; it comes among the exports. Raises PermissionDenied, or ValidationError
    keyed by `reason`.
    """
    refuse_copy(by, row)
    reason = " ".join(reason.split())[:300]
    if not reason:
        raise ValidationError({"reason": _("Say for whom and why the copy is made.")})
    who = named(row)
    query = urlencode({"subject": who.kind, "id": row.pk})
    name = f"{who.kind}-{row.pk}-{today():%Y-%m-%d}.zip"
    record(action="privacy.export", target=row, reason=reason, actor=by)
    return ask_file(kind=SUBJECT, query=query, name=name, by=by, reason=reason)


@transaction.atomic
def ask_erasure(
    *,
    row: Customer | Person,
    typed: str,
    by=None,
    ground: str = Erasure.Ground.REQUEST,
    reason: str = "",
    chosen: Collection[int] = (),
) -> Erasure:
    """Ask for an erasure; it begins at once unless a second person must agree. by None is the system.

    typed: the customer's code, or the person's number. chosen: files (numbers) of customers the person stands with that
    show the person. Raises PermissionDenied, or ValidationError keyed by field.
    """
    if by is not None:
        refuse_erasing(by, row)
    who = named(row)
    if typed.strip() != who.typed:
        raise ValidationError({"typed": _("This is not what stands there to be typed.")})
    if Erasure.objects.waiting().filter(subject=who.kind, subject_id=row.pk).exists():
        raise ValidationError(_("This erasure has been asked for already."), code="twice")
    erasure = Erasure.objects.create(
        subject=who.kind,
        subject_id=row.pk,
        code=row.code if isinstance(row, Customer) else "",
        region_id=_region(row),
        ground=ground,
        reason=" ".join(reason.split())[:300],
        chosen=_files(row, chosen, by),
        asked_by=by,
        asked_at=now(),
    )
    record(action="privacy.ask", target=erasure, changes=_told(erasure), actor=by)
    if by is None or not needs_second():
        _begin(erasure, by)
    return erasure


def _region(row: Customer | Person) -> int | None:
    if isinstance(row, Customer):
        return row.region_id
    roles = PersonRole.objects.filter(person=row).order_by("pk")
    return roles.values_list("customer__region_id", flat=True).first()


def _files(row: Customer | Person, chosen: Collection[int], by) -> list[int]:
    if isinstance(row, Customer) or not chosen:
        return []
    near = PersonRole.objects.filter(person=row).values("customer_id")
    rows = Attachment.objects.all() if by is None else Attachment.objects.visible_to(by)
    found = sorted(rows.filter(pk__in=chosen, customer_id__in=near).values_list("pk", flat=True))
    if len(found) != len(set(chosen)):
        raise ValidationError({"chosen": _("Choose among the files of this person's customers.")})
    return found


def _told(erasure: Erasure) -> dict:
    return {"subject": erasure.subject, "row": erasure.subject_id, "ground": erasure.ground}


def _begin(erasure: Erasure, by) -> None:
    erasure.state, erasure.decided_by, erasure.decided_at = Erasure.State.RUNNING, by, now()
    erasure.job = enqueue(kind="privacy.erase", input={"erasure": erasure.pk}, asked_by=by)
    erasure.save(update_fields=["state", "decided_by", "decided_at", "job"])


@transaction.atomic
def decide(*, erasure: Erasure, agreed: bool, by) -> Erasure:
    """A second person lets it go ahead or refuses it. Raises ValidationError."""
    held = Erasure.objects.select_for_update().get(pk=erasure.pk)
    if held.state != Erasure.State.ASKED:
        raise ValidationError(_("This has been decided already."), code="decided")
    if not may_decide(by, held):
        raise ValidationError(_("An administrator other than whoever asked decides."), code="second")
    if agreed:
        _begin(held, by)
    else:
        held.state, held.decided_by, held.decided_at = Erasure.State.REFUSED, by, now()
        held.save(update_fields=["state", "decided_by", "decided_at"])
    record(action="privacy.agree" if agreed else "privacy.refuse", target=held, changes=_told(held), actor=by)
    return held


def carry_out(erasure: Erasure, *, effect=None, by=None) -> Erasure:
    """Erase; safe to run again. effect: a context manager of the transaction to do it in (a job's own).

    What costs time (reading kept files) comes first, then one transaction, then the files' bytes; a crash before the
    last leaves their names in `pending`, which the next night deletes.
    """
    if erasure.state != Erasure.State.DONE:
        subject = of(erasure.subject, erasure.subject_id, frozenset(erasure.chosen))
        subject = replace(subject, people=subject.persons)  # others who stand with a customer stay
        going = erasing.look(subject)
        exports, runs = clearing.look_at_files(subject, sorted(going.needles, key=len, reverse=True))
        with effect() if effect else transaction.atomic() as inside:
            _write(erasure, subject, going, exports, runs, by)
            if effect:
                inside.result = {"erasure": erasure.pk, "rows": sum(erasure.counts.values())}
    clearing.delete_files(erasure.pending)
    clearing.empty_cache()
    Erasure.objects.filter(pk=erasure.pk).update(pending=[])
    erasure.pending = []
    return erasure


def _write(erasure: Erasure, subject, going, exports, runs, by) -> None:
    own = log_of(subject)
    erasing.take(subject, going)
    clearing.clear(subject, going, exports, runs)
    mask = clearing.masker(sorted(going.needles, key=len, reverse=True))
    erasure.reason = mask(erasure.reason)
    erasure.state, erasure.done_at = Erasure.State.DONE, now()
    erasure.pending = sorted(set(going.files))
    record(action="privacy.erase", target=erasure, changes=_told(erasure), actor=by)
    clearing.clear_log(subject, going, own, actor=by)
    erasure.counts = dict(sorted(going.counts.items()))
    erasure.save(update_fields=["reason", "state", "done_at", "pending", "counts"])


# --- consent ----------------------------------------------------------------------------------------------------


@transaction.atomic
def withdraw(*, customer: Customer, field: str, by) -> int:
    """Consent for a sensitive field is withdrawn: every value there was of it is erased. How many."""
    Customer.objects.select_for_update().get(pk=customer.pk)
    rows = list(Fact.objects.filter(customer=customer, field=field, erased_at__isnull=True))
    if not rows:
        raise ValidationError(_("Nothing is held of this any more."), code="gone")
    erase_facts([one.pk for one in rows])
    record(action="fact.erase", target=customer, changes={f"fact.{field}": [HIDDEN, ""]}, actor=by)
    return len(rows)


def erase_facts(ids: Collection[int]) -> int:
    """Values of these facts go, here and in the journals of merges; that there was one, and from when, stays."""
    done, wanted = 0, list(ids)
    for at in range(0, len(wanted), _AT_ONCE):
        rows = Fact.objects.filter(pk__in=wanted[at : at + _AT_ONCE], erased_at__isnull=True)
        done += rows.update(value="", number=None, note="", purpose="", expires_on=None, erased_at=now())
    steps = list(clearing.facts_in_merges(set(wanted)))
    if steps:
        type(steps[0]).objects.bulk_update(steps, ["before", "after"], batch_size=_AT_ONCE)
    return done
