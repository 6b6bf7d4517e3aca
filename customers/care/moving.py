"""Notes, tags, special care and what was done to many when two customers become one."""

from __future__ import annotations

from django.utils.translation import gettext as _

from crm.clock import today
from crm.merging import Work, move, move_unless_clash, special
from customers.profile.models import SpecialCare


def special_care(work: Work) -> None:
    """All goes over; where both are special, the survivor's person stays and the other's care ends today."""
    if SpecialCare.objects.open().filter(customer_id=work.survivor_id).exists():
        day = today()
        work.update(
            SpecialCare,
            "customer_id = %s AND ended_on IS NULL",
            [work.loser_id],
            ended_on=lambda row: max(row["since"], day) if not isinstance(row["since"], str) else str(day),
            outcome=_("Merged with another special customer."),
        )
    work.update(SpecialCare, "customer_id = %s", [work.loser_id], customer_id=work.survivor_id)


RULES = [
    move("customers.Note"),
    special("customers.SpecialCare", special_care),
    move_unless_clash("customers.CustomerTag", ["tag_id"]),
    move_unless_clash("customers.HandoverBrief", ["handover_id"]),
    move_unless_clash("customers.BulkStep", ["action_id"], why="an undo of the action leaves what a merge has changed"),
]
