"""The tabs of a customer's pages; settings.CUSTOMER_TABS names them, so that each slice hangs in its own."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.urls import reverse

register = template.Library()


@register.inclusion_tag("components/tabs.html")
def customer_tabs(customer, here):
    """here: the key of the tab that is open."""
    found = [
        {"label": one["label"], "url": reverse(one["url"], args=[customer.pk]), "here": one["key"] == here}
        for one in settings.CUSTOMER_TABS
    ]
    return {"tabs": found}
