"""What the dealers' home shows; settings.PORTAL_PANELS names them: `(request, account) -> Panel | None`."""

from __future__ import annotations

from crm.clock import today
from crm.panels import Panel
from customers.pages.explained import ways_by_sales
from customers.portal import reading
from customers.portal.models import PortalAccount
from customers.receivables.views import parts
from customers.support.entitlements import entitlement_of
from customers.support.showing import lines_of
from customers.surveys import links
from customers.surveys import reading as surveys
from customers.tiers.reading import explain

SHOWN = 3


def sales(request, *, account: PortalAccount, **context) -> Panel:
    day = reading.figures_until(today())
    return Panel("portal/_sales.html", {"sales": reading.sales(account.customer, day), "until": day}, "main")


def tier(request, *, account: PortalAccount, **context) -> Panel | None:
    """The tier and what sales it takes for a better one; how we judge how somebody works with us is not told."""
    known = explain(account.customer)
    if known is None or not known.tier:
        return None
    to_a, to_b = ways_by_sales(known)
    return Panel("portal/_tier.html", {"known": known, "to_a": to_a, "to_b": to_b}, "main")


def owed(request, *, account: PortalAccount, **context) -> Panel:
    day = today()
    found = reading.owed(account.customer, day)
    values = {"owed": found, "aged": found.account.ageing, "parts": parts(found.account.ageing), "day": day}
    return Panel("portal/_owed.html", values, "main")


def survey(request, *, account: PortalAccount, **context) -> Panel | None:
    """What they are asked now. One statement."""
    found = surveys.open_invitation(account.customer, today())
    if found is None:
        return None
    values = {"href": links.path_of(found), "until": found.survey.closes_on}
    return Panel("portal/_survey.html", values, "main")


def issues(request, *, account: PortalAccount, **context) -> Panel:
    """What they told and what became of it; those they should say a word on come first. One statement."""
    found = reading.issues(account.customer)
    return Panel("portal/_issues.html", {"issues": found[:SHOWN], "more": len(found) > SHOWN}, "main")


def call(request, *, account: PortalAccount, **context) -> Panel:
    day = today()
    manager = reading.manager(account.customer, day)
    return Panel("portal/_call.html", {"manager": manager, "away": reading.stand_in(manager, day)}, "side")


def support(request, *, account: PortalAccount, **context) -> Panel | None:
    """What they are entitled to, what is left of it, and what became of their own requests; why is told by people."""
    lines = lines_of(entitlement_of(account.customer, today()))
    rows = reading.support(account.customer)
    return Panel("portal/_support.html", {"lines": lines, "rows": rows}, "main") if lines or rows else None
