"""What dealers see of reports: the part that was written for them."""

from __future__ import annotations

from crm.panels import Panel
from customers.portal.models import PortalAccount
from visits.report import reading


def shared(request, *, account: PortalAccount, **context) -> Panel | None:
    """One statement."""
    reports = reading.shared_with(account.customer)
    return Panel("portal/_reports.html", {"reports": reports}, "main") if reports else None
