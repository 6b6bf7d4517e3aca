"""Dealers' accounts when two customers become one: they go over, and nobody has access twice."""

from __future__ import annotations

from crm.merging import Work, special, this_moment
from customers.portal.models import PortalAccount

_TABLE = PortalAccount._meta.db_table


def take(work: Work) -> None:
    """Of two active accounts of one address or person, the survivor's stays; the other's access ends."""
    work.update(
        PortalAccount,
        f"customer_id = %s AND is_active AND EXISTS (SELECT 1 FROM {_TABLE} own WHERE own.customer_id = %s"  # noqa: S608
        f" AND own.is_active AND ((own.email <> '' AND LOWER(own.email) = LOWER({_TABLE}.email))"
        f" OR own.person_id = {_TABLE}.person_id))",
        [work.loser_id, work.survivor_id],
        is_active=False,
        ended_at=this_moment(),
    )
    work.update(PortalAccount, "customer_id = %s", [work.loser_id], customer_id=work.survivor_id)


RULES = [special("customers.PortalAccount", take)]
"""Links and sessions hang on the account and follow it; those of one whose access ended open nothing."""
