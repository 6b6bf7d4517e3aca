"""Deciding about likely doubles: two all the same, or one; and taking a merge back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.actions import record
from crm.clock import now
from crm.jobs.actions import enqueue
from customers.duplicates import merging, scanning
from customers.duplicates.likeness import compare
from customers.duplicates.models import DuplicatePair, Merge
from customers.profile.actions import regions_open_to, tiers_follow
from customers.profile.models import Customer

LARGE = 5_000
"""Rows from which a merge or its undo is a job: below, a page waits a second or two."""
TAKEABLE = (
    "code",
    "name",
    "kind",
    "state",
    "category",
    "region",
    "province",
    "city",
    "district",
    "address",
    "phone",
    "position",
    "opened_on",
    "closed_on",
    "upstream",
)
"""What the survivor may take from the other; a position is taken whole."""
_POSITION = ("latitude", "longitude", "datum")


@transaction.atomic
def propose(*, first: Customer, second: Customer, by: User | None = None) -> DuplicatePair:
    """Put two customers side by side by hand, whatever their likeness."""
    if first.pk == second.pk:
        raise ValidationError({"second": ValidationError(_("Choose two different customers."), code="same")})
    low, high = sorted((first, second), key=lambda one: one.pk)
    known = scanning.cards([low.pk, high.pk])
    how = compare(known[low.pk], known[high.pk])
    pair, made = DuplicatePair.objects.get_or_create(
        first=low,
        second=high,
        defaults={
            "score": how.score,
            "reasons": [[one.code, one.value] for one in how.reasons] if how.is_likely else [],
        },
    )
    if not made and pair.state != DuplicatePair.State.OPEN:
        pair.state, pair.decided_by, pair.decided_at = DuplicatePair.State.OPEN, None, None
        pair.save(update_fields=["state", "decided_by", "decided_at"])
    if made:
        record(action="duplicate.propose", target=low, changes={"with": [None, high.code]}, actor=by)
    return pair


@transaction.atomic
def dismiss(*, pairs: Iterable[DuplicatePair], by: User | None = None, note: str = "") -> int:
    """They are two: not proposed again unless something new speaks for it. Says how many were open."""
    ids = [pair.pk for pair in pairs]
    found = list(
        DuplicatePair.objects.open()
        .filter(pk__in=ids)
        .select_related("first", "second")
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    if not ids:
        raise ValidationError(_("Choose at least one pair."), code="nobody")
    moment, note = now(), " ".join(note.split())[:300]
    for pair in found:
        pair.state, pair.note, pair.decided_by, pair.decided_at = pair.State.DISMISSED, note, by, moment
        record(
            action="duplicate.dismiss",
            target=pair.first,
            changes={"with": [None, pair.second.code]},
            reason=note,
            actor=by,
        )
    DuplicatePair.objects.bulk_update(found, ["state", "note", "decided_by", "decided_at"], batch_size=200)
    return len(found)


@transaction.atomic
def reopen(*, pair: DuplicatePair, by: User | None = None) -> DuplicatePair:
    """The undo of a dismissal."""
    pair = DuplicatePair.objects.select_for_update().get(pk=pair.pk)
    if pair.state != DuplicatePair.State.DISMISSED:
        raise ValidationError(_("This pair is open already."), code="state")
    pair.state, pair.note, pair.decided_by, pair.decided_at = DuplicatePair.State.OPEN, "", None, None
    pair.save(update_fields=["state", "note", "decided_by", "decided_at"])
    record(action="duplicate.reopen", target=pair.first, changes={"with": [None, pair.second.code]}, actor=by)
    return pair


# --- merging --------------------------------------------------------------------------------------------------


@transaction.atomic
def merge(
    *, survivor: Customer, loser: Customer, take: Sequence[str] = (), by: User | None = None, reason: str = ""
) -> Merge:
    """Make two customers one: all that hangs on the loser goes over, and the loser's row is gone.

    take: names of TAKEABLE in which the survivor gets the loser's value. Large ones are done by a job; then the merge
    comes back WAITING. Raises ValidationError, and then nothing has changed.
    """
    unknown = sorted(set(take) - set(TAKEABLE))
    if unknown:
        raise ValidationError({"take": _("Unknown field: %(name)s.") % {"name": unknown[0]}}, code="take")
    survivor, loser = _locked(survivor.pk, loser.pk, by)
    fields = [one for name in TAKEABLE if name in take for one in (_POSITION if name == "position" else (name,))]
    made = Merge.objects.create(
        survivor=survivor,
        loser_id=loser.pk,
        loser_code=loser.code,
        loser_name=loser.name,
        loser_region_id=loser.region_id,
        take=fields,
        reason=" ".join(reason.split())[:300],
        done_by=by,
    )
    if merging.rows_of(loser.pk) > LARGE:
        title = _("Merge of %(loser)s into %(survivor)s") % {"loser": loser.name, "survivor": survivor.name}
        made.job = enqueue(kind="customers.merge", input={"merge": made.pk}, asked_by=by, title=title)
        made.save(update_fields=["job"])
        return made
    _carry_out(made, survivor, loser, by)
    return made


def _locked(survivor_id: int, loser_id: int, by: User | None) -> tuple[Customer, Customer]:
    """Both rows, locked in one order; of two who merge the same the second is told that there is nothing any more."""
    if survivor_id == loser_id:
        raise ValidationError(_("A customer cannot be merged with itself."), code="same")
    rows = Customer.objects.select_for_update().filter(pk__in=(survivor_id, loser_id)).order_by("pk")
    found = {one.pk: one for one in rows}
    if len(found) < 2:
        raise ValidationError(_("One of the two is gone: somebody has merged it already."), code="gone")
    if by is not None and Customer.objects.editable_by(by).filter(pk__in=found).count() < 2:
        raise ValidationError(_("Only who may change both customers can merge them."), code="reach")
    return found[survivor_id], found[loser_id]


def _carry_out(made: Merge, survivor: Customer, loser: Customer, by: User | None) -> None:
    merging.carry_out(made, survivor, loser, by)
    made.state = Merge.State.DONE
    made.save(update_fields=["state"])
    told = {"merged": [loser.code, survivor.code], "rows": sum(made.moved.values())}
    record(action="customer.merge", target=survivor, changes=told, reason=made.reason, actor=by)
    record(action="customer.merged", target=loser, changes=told, reason=made.reason, actor=by)
    tiers_follow(by)


@transaction.atomic
def carry_out(*, merge: Merge, by: User | None = None) -> Merge:
    """A waiting merge, by its job. One that is done already stays as it is."""
    merge = Merge.objects.select_for_update().get(pk=merge.pk)
    if merge.state == Merge.State.WAITING:
        survivor, loser = _locked(merge.survivor_id, merge.loser_id, by)
        _carry_out(merge, survivor, loser, by)
    return merge


@transaction.atomic
def undo(*, merge: Merge, by: User | None = None) -> Merge:
    """Give each of the two what was theirs, exactly as it was; refused where a row has changed since.

    Raises ValidationError with code `changed` (see `what_stands_in_the_way`), `later`, `state`, `reach`, `clash`.
    """
    merge = Merge.objects.select_for_update().get(pk=merge.pk)
    _refuse_undo(merge, by)
    list(Customer.objects.select_for_update().filter(pk=merge.survivor_id).values_list("pk"))
    if sum(merge.moved.values()) > LARGE:
        title = _("Undo of the merge of %(loser)s") % {"loser": merge.loser_name}
        merge.job = enqueue(kind="customers.unmerge", input={"merge": merge.pk}, asked_by=by, title=title)
        merge.save(update_fields=["job"])
        return merge
    return _take_back(merge, by)


@transaction.atomic
def take_back(*, merge: Merge, by: User | None = None) -> Merge:
    """The undo of a large merge, by its job. One that is undone already stays as it is."""
    merge = Merge.objects.select_for_update().get(pk=merge.pk)
    if merge.state == Merge.State.UNDONE:
        return merge
    _refuse_undo(merge, by)
    list(Customer.objects.select_for_update().filter(pk=merge.survivor_id).values_list("pk"))
    return _take_back(merge, by)


def _refuse_undo(merge: Merge, by: User | None) -> None:
    if merge.state != Merge.State.DONE:
        raise ValidationError(_("Only a merge that stands can be undone."), code="state")
    if by is not None:
        mine = Customer.objects.editable_by(by).filter(pk=merge.survivor_id).exists()
        theirs = merge.done_by_id == by.pk or regions_open_to(by).filter(pk=merge.loser_region_id).exists()
        if not (mine and theirs):
            raise ValidationError(_("Only who may change both customers can undo their merge."), code="reach")
    later = later_merge(merge)
    if later is not None:
        text = _("The customer was itself merged later. Undo that merge first: %(merge)s.")
        raise ValidationError(text % {"merge": later}, code="later")


def later_merge(merge: Merge) -> Merge | None:
    """The standing merge by which the survivor of this one went into another."""
    return Merge.objects.filter(
        state=Merge.State.DONE, pk__gt=merge.pk, steps__table=Merge._meta.label, steps__before__id=merge.pk
    ).first()


def what_stands_in_the_way(merge: Merge) -> list:
    """Rows changed since the merge (journal.Moved), for the page that offers the undo."""
    return merging.changed_since(merging.steps_of(merge)) if merge.state == Merge.State.DONE else []


def _take_back(merge: Merge, by: User | None) -> Merge:
    steps = merging.steps_of(merge)
    if not steps:
        raise ValidationError(_("The journal of this merge is gone, so it cannot be undone."), code="journal")
    moved = merging.changed_since(steps)
    if moved:
        text = _("Rows have changed since the merge (%(n)d), so it cannot be undone exactly. Its page lists them.")
        raise ValidationError(text % {"n": len(moved)}, code="changed")
    if merging.missing(steps, merge.loser_id):
        text = _("A customer that rows of this merge belong to has been merged since. Undo that merge first.")
        raise ValidationError(text, code="later")
    if Customer.objects.filter(code=merge.loser_code).exclude(pk=merge.survivor_id).exists():
        text = _("Another customer has the code %(code)s by now.")
        raise ValidationError(text % {"code": merge.loser_code}, code="code")
    merging.take_back(merge, steps, by)
    merge.state, merge.undone_by, merge.undone_at = Merge.State.UNDONE, by, now()
    merge.save(update_fields=["state", "undone_by", "undone_at"])
    told = {"merged": [merge.survivor.code, merge.loser_code]}
    for pk in (merge.survivor_id, merge.loser_id):
        record(action="customer.unmerge", target=Customer.objects.get(pk=pk), changes=told, actor=by)
    tiers_follow(by)
    return merge
