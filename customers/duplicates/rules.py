"""What becomes of the rows of customers in a merge: the rules of profile, relationship and of this slice.

The ledger's and the tiers' stand beside them (sales/moving.py, tiers/moving.py). settings.MERGE_RULES names all lists,
in the order in which they are carried out. A new table with a customer takes one line here, or in a list of its own.
"""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from crm.clock import today
from crm.merging import Work, keep, move, recompute, special, this_moment
from customers.duplicates import scanning
from customers.duplicates.models import DuplicateKey, DuplicatePair
from customers.facts.models import Fact
from customers.files.models import Attachment
from customers.profile.models import Customer, Responsibility


def responsibilities(work: Work) -> None:
    """Whoever looks after the survivor goes on doing so; where nobody does, the loser's manager takes over.

    The loser's history goes along: what would hold beside the survivor's manager ends today, and what would only begin
    is set aside.
    """
    day = today()
    held = Responsibility.objects.filter(customer_id=work.survivor_id)
    taken = any(one.until is None or one.until > day for one in held)
    over = "customer_id = %s AND until IS NOT NULL AND until <= %s"
    work.update(Responsibility, over, [work.loser_id, day], customer_id=work.survivor_id)
    if taken:
        begun = [work.loser_id, day]
        work.update(Responsibility, "customer_id = %s AND since < %s", begun, customer_id=work.survivor_id, until=day)
        work.delete(Responsibility, "customer_id = %s", [work.loser_id])
    else:
        work.update(Responsibility, "customer_id = %s", [work.loser_id], customer_id=work.survivor_id)


def channel(work: Work) -> None:
    """Whom the loser supplied, the survivor supplies. Whoever was supplied by the other is supplied by the other's."""
    above = dict(Customer.objects.filter(pk__in=(work.survivor_id, work.loser_id)).values_list("pk", "upstream_id"))
    if above[work.survivor_id] == work.loser_id:
        work.update(Customer, "id = %s", [work.survivor_id], upstream_id=above[work.loser_id], version=_next)
    work.update(
        Customer,
        "upstream_id = %s AND id <> %s",
        [work.loser_id, work.survivor_id],
        upstream_id=work.survivor_id,
        version=_next,
    )
    refuse_loop(work)


def _next(row: dict) -> int:
    return row["version"] + 1


def refuse_loop(work: Work) -> None:
    """Raises ValidationError where the survivor would come to supply itself."""
    work.cursor.execute(
        "WITH RECURSIVE above(id) AS (SELECT upstream_id FROM customers_customer WHERE id = %s"
        " UNION SELECT c.upstream_id FROM customers_customer c JOIN above ON above.id = c.id)"
        " SELECT 1 FROM above WHERE id = %s",
        [work.survivor_id, work.survivor_id],
    )
    if work.cursor.fetchone():
        text = _("Another customer stands between the two in the channel: give it another supplier first.")
        raise ValidationError(text, code="loop")


def facts(work: Work) -> None:
    """All facts go over; of two in force about the same, the one noted later stays so, on one day the survivor's."""
    mine = {one.field: one for one in Fact.objects.current().filter(customer_id=work.survivor_id)}
    theirs = Fact.objects.current().filter(customer_id=work.loser_id, field__in=mine)
    over = [one if one.noted_on <= mine[one.field].noted_on else mine[one.field] for one in theirs]
    if over:
        marks = ", ".join(["%s"] * len(over))
        work.update(Fact, f"id IN ({marks})", [one.pk for one in over], is_current=False)
    work.update(Fact, "customer_id = %s", [work.loser_id], customer_id=work.survivor_id)


def attachments(work: Work) -> None:
    """All files go over; of one that both have, the loser's lies among the removed ones."""
    work.update(
        Attachment,
        "customer_id = %s AND removed_at IS NULL AND sha256 IN"
        " (SELECT sha256 FROM customers_attachment WHERE customer_id = %s AND removed_at IS NULL)",
        [work.loser_id, work.survivor_id],
        removed_at=this_moment(),
    )
    work.update(Attachment, "customer_id = %s", [work.loser_id], customer_id=work.survivor_id)


def take_keys(work: Work) -> None:
    DuplicateKey.objects.filter(customer_id=work.loser_id).delete()


def settle_keys(work: Work) -> None:
    scanning.refresh_keys([work.survivor_id, work.loser_id] if work.undoing else [work.survivor_id])


def pairs(work: Work) -> None:
    work.delete(DuplicatePair, "first_id = %s OR second_id = %s", [work.loser_id, work.loser_id])


RULES = [
    special("customers.Responsibility", responsibilities),
    special("customers.Customer", channel, "upstream_id"),
    move("customers.Observation", guarded=True),
    special("customers.Fact", facts),
    special("customers.Attachment", attachments),
    recompute("customers.SearchEntry", why="kept by the database with the rows it comes from"),
    special("customers.DuplicateKey", take_keys, settle=settle_keys),
    special("customers.DuplicatePair", pairs, "first_id"),
    recompute("customers.DuplicatePair", column="second_id", why="by the rule of the first"),
    move(
        "customers.Merge", "survivor_id", why="an earlier merge into the loser was, in the end, one into the survivor"
    ),
    move("customers.MergedCustomer", "survivor_id", why="old codes lead on to where the customer is now"),
    keep("crm.ImportChange", "object_id", why="says what an import did; its undo is refused while a customer is gone"),
    keep("crm.AuditEntry", "object_id", why="the log is never altered; the survivor's history shows the loser's too"),
]
