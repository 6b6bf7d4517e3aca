"""Where the evidence behind a row can be read; settings.EVIDENCE_LINKS names the pages by source."""

from __future__ import annotations

from django.conf import settings
from django.urls import NoReverseMatch, reverse


def link_of(customer_id: int, source: str, ref: str) -> str | None:
    """{source: (page, of)}: of is "customer" where the page is the customer's, "ref" where it is the event's own."""
    page = settings.EVIDENCE_LINKS.get(source)
    if page is None:
        return None
    name, of = page
    try:
        return reverse(name, args=[customer_id if of == "customer" else ref])
    except NoReverseMatch:
        return None
