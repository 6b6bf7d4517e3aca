"""What dealers see of promotions planned with them."""

from __future__ import annotations

from crm.clock import today
from crm.panels import Panel
from customers.portal.models import PortalAccount
from promotions.calculator import reading
from promotions.calculator.models import State

MOST = 5


def for_dealer(request, *, account: PortalAccount, **context) -> Panel | None:
    """Those that wait for their word, and what is agreed and not begun yet. Two statements."""
    waiting = list(reading.waiting_for(account.customer)[:MOST])
    ahead = reading.for_dealer(account.customer).filter(state=State.AGREED, starts_on__gte=today())
    agreed = list(ahead.order_by("starts_on", "pk")[:MOST])
    return Panel("portal/_promotions.html", {"plans": waiting, "agreed": agreed}, "main") if waiting or agreed else None
