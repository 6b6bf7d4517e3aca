"""What requests say of their costs, against the costs; corrections."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from crm.integrity import Check, Found
from customers.support.models import GIVEN

_GIVEN = ", ".join(f"'{state}'" for state in GIVEN)
_BOOKED = """
    SELECT r.id FROM customers_supportrequest r
    LEFT JOIN (SELECT request_id, SUM(amount) AS total FROM customers_supportcost GROUP BY request_id) c
        ON c.request_id = r.id
    WHERE r.booked <> COALESCE(c.total, 0) ORDER BY r.id"""
_USED = f"""
    SELECT r.id FROM customers_supportrequest r
    WHERE r.used <> CASE WHEN r.state IN ({_GIVEN}) AND r.granted_amount > r.booked THEN r.granted_amount
        ELSE r.booked END ORDER BY r.id"""  # noqa: S608 - names of our own states
_LIVE = """
    SELECT r.id FROM customers_supportrequest r
    WHERE r.live = (EXISTS (SELECT 1 FROM customers_supportrequest n WHERE n.corrects_id = r.id)) ORDER BY r.id"""


def _costs(cursor, found: Found) -> None:
    found.add_rows(cursor, _BOOKED, about="#")
    found.add_rows(cursor, _USED, about="#")


def _corrections(cursor, found: Found) -> None:
    found.add_rows(cursor, _LIVE, about="#")


CHECKS = [
    Check("support.costs", _("What requests took of budgets is what was granted and booked."), _costs),
    Check("support.corrections", _("A request counts until another corrects it."), _corrections),
]
