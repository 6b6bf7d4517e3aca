"""What a customer's tab, a visit and the dealers' home show of promotions."""

from __future__ import annotations

from crm.clock import today
from crm.panels import Panel
from customers.portal.models import PortalAccount
from promotions.rollout import reading

MOST = 6


def for_dealer(request, *, account: PortalAccount, **context) -> Panel | None:
    """Those to answer, and those that run or are ahead. One statement."""
    parts = list(reading.shown_to(account.customer, today())[:MOST])
    return Panel("portal/_runs.html", {"parts": parts}, "main") if parts else None
