# ruff: noqa: S608 - names of our own tables and columns are put together here; values always go as parameters
"""Carrying out a merge and its undo by the rules, with the journal; in the caller's transaction, nothing is audited."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.utils.translation import gettext as _

from crm import merging as declared
from crm.appendonly import lifted_for
from crm.merging import Rule, owned_columns, rules
from customers.duplicates import journal
from customers.duplicates.journal import Journal, Step, Table
from customers.duplicates.models import DuplicatePair, Merge, MergedCustomer, MergeStep
from customers.profile import actions as profile
from customers.profile.models import Customer

UNCOUNTED = {declared.KEEP, declared.RECOMPUTE}


def counts(first_id: int, second_id: int) -> list[tuple[type[models.Model], int, int]]:
    """(table, rows of the first, rows of the second), tables without any left out; one statement."""
    moving = [rule for rule in rules() if rule.how not in UNCOUNTED]
    parts, params = [], []
    for number, rule in enumerate(moving):
        for owner in (first_id, second_id):
            parts.append(f'SELECT {number}, %s, count(*) FROM {Table(rule.table).name} WHERE "{rule.column}" = %s')
            params += [owner, owner]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), params)
        found = Counter({(number, int(owner)): rows for number, owner, rows in cursor.fetchall()})
    told = [(rule.table, found[n, first_id], found[n, second_id]) for n, rule in enumerate(moving)]
    return [one for one in told if one[1] or one[2]]


def rows_of(customer_id: int) -> int:
    return sum(first for _table, first, _second in counts(customer_id, -1))


def carry_out(merge: Merge, survivor: Customer, loser: Customer, by) -> None:
    """Both rows are locked by the caller. Fills in `merge.moved`, and writes the steps and the tombstone.

    Raises ValidationError where a rule refuses; the transaction must then be rolled back.
    """
    tables = [rule.table._meta.db_table for rule in rules() if rule.guarded]
    with connection.cursor() as cursor:
        work = Journal(cursor, survivor.pk, loser.pk, by=by)
        with lifted_for(connection, tables, ("update", "delete")):
            for rule in rules():
                _apply(rule, work)
            _settle(work)
            moved = Counter(step.model._meta.label for step in work.steps if _was_of(step, loser.pk))
            work.delete(Customer, "id = %s", [loser.pk])
            _take_over(work, merge, survivor, loser)
        _refuse_remains(work)
    merge.moved = dict(sorted(moved.items()))
    merge.save(update_fields=["moved"])
    MergeStep.objects.bulk_create(
        [
            MergeStep(merge=merge, number=number, table=label, before=before, after=after)
            for number, (label, before, after) in enumerate(journal.packed(work.steps))
        ],
        batch_size=500,
    )
    now_borne = Customer.objects.values_list("code", flat=True).get(pk=survivor.pk)
    old_code = loser.code if loser.code != now_borne else survivor.code
    MergedCustomer.objects.create(old_id=loser.pk, code=old_code, survivor_id=survivor.pk, merge=merge)


def _apply(rule: Rule, work: Journal) -> None:
    model, column, loser = rule.table, rule.column, work.loser_id
    if rule.take is not None:
        rule.take(work)
    elif rule.how == declared.ASIDE:
        work.delete(model, f'"{column}" = %s', [loser])
    elif rule.how in (declared.MOVE, declared.UNLESS_CLASH):
        if rule.other:
            mine = f'"{column}" = %s AND "{rule.other}" = %s'
            work.delete(model, mine, [loser, work.survivor_id])
        if rule.unique:
            table = Table(model).name
            same = " AND ".join(f'mine."{name}" = {table}."{name}"' for name in rule.unique)
            work.delete(
                model,
                f'"{column}" = %s AND EXISTS (SELECT 1 FROM {table} mine WHERE mine."{column}" = %s AND {same})',
                [loser, work.survivor_id],
            )
        work.update(model, f'"{column}" = %s', [loser], **{column: work.survivor_id})


def _settle(work: Journal) -> None:
    for rule in rules():
        if rule.settle is not None:
            rule.settle(work)


def _was_of(step: Step, loser_id: int) -> bool:
    """Rows of the loser's, once each: a line that also went out of force has two steps."""
    columns = [rule.column for rule in rules() if rule.table is step.model]
    if step.before is None or not any(step.before.get(name) == loser_id for name in columns):
        return False
    return step.after is None or any(step.after.get(name) != step.before.get(name) for name in columns)


def _take_over(work: Journal, merge: Merge, survivor: Customer, loser: Customer) -> None:
    """Give the survivor the fields chosen from the loser; the action checks and audits them like any change."""
    chosen = {name: getattr(loser, name) for name in merge.take}
    if chosen.get("upstream") in (survivor, loser):
        del chosen["upstream"]  # the rule of the channel has seen to it
    if not chosen:
        return
    before = work.look(Customer, survivor.pk)
    # Whether this person may was asked for both customers; what the loser had is not asked about once more.
    profile.change_customer(customer=survivor, by=None, reason=merge.reason, **chosen)
    work.changed(Customer, before)


def _refuse_remains(work: Journal) -> None:
    """A table without a rule would keep rows of a customer that is gone: nothing is merged then."""
    for label, column in owned_columns(Customer):
        rule = next((one for one in rules() if one.table._meta.label == label and one.column == column), None)
        if rule is None:
            raise ValidationError(
                _("The table %(table)s has no rule for a merge, so nothing was merged."), "rule", {"table": label}
            )


# --- taking back ----------------------------------------------------------------------------------------------


def steps_of(merge: Merge) -> list[Step]:
    rows = MergeStep.objects.filter(merge=merge).order_by("number").values_list("table", "before", "after")
    return journal.unpacked(rows.iterator(chunk_size=2_000))


def changed_since(steps: Sequence[Step]) -> list[journal.Moved]:
    with connection.cursor() as cursor:
        return journal.moved_since(cursor, steps)


def missing(steps: Iterable[Step], loser_id: int) -> set[int]:
    """Customers that the rows to be restored point at and that are gone by now (merged since)."""
    wanted: set[int] = set()
    columns: dict[str, list[str]] = {}
    for label, column in owned_columns(Customer):
        columns.setdefault(label, []).append(column)
    for step in steps:
        if step.before is not None and step.model is not DuplicatePair:
            wanted |= {step.before[name] for name in columns.get(step.model._meta.label, ()) if step.before[name]}
    wanted.discard(loser_id)
    return wanted - set(Customer.objects.filter(pk__in=wanted).values_list("pk", flat=True))


def take_back(merge: Merge, steps: list[Step], by) -> None:
    """Restore every row. The caller has made sure that nothing has changed since and holds the survivor locked."""
    there = set(Customer.objects.filter(pk__in=_paired(steps)).values_list("pk", flat=True)) | {merge.loser_id}
    steps = [
        step
        for step in steps
        if step.model is not DuplicatePair
        or step.before is None
        or {step.before["first_id"], step.before["second_id"]} <= there
    ]
    tables = [rule.table._meta.db_table for rule in rules() if rule.guarded]
    MergedCustomer.objects.filter(merge=merge).delete()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            with lifted_for(connection, tables, ("update", "delete")):
                journal.restore(cursor, steps)
                _settle(Journal(cursor, merge.survivor_id, merge.loser_id, by=by, undoing=True))
            if connection.vendor == "postgresql":
                connection.check_constraints()  # elsewhere it would read the whole database; the commit checks anyway
    except IntegrityError as clash:
        text = _("Something that this merge took away cannot stand again beside what has come since.")
        raise ValidationError(text, code="clash") from clash


def _paired(steps: Iterable[Step]) -> set[int]:
    return {
        step.before[name]
        for step in steps
        if step.model is DuplicatePair and step.before
        for name in ("first_id", "second_id")
    }
