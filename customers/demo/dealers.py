"""Dealers of the demo: one who looked at the shop's figures lately, two who are invited and have not come yet."""

from __future__ import annotations

from collections.abc import Sequence

from crm.accounts.models import User
from customers.demo.company import Client
from customers.portal import actions, links, reading
from customers.portal.inviting import contacts
from customers.profile.models import Customer

INVITED = 3


def let_in(clients: Sequence[Client], staff: dict[str, User]) -> int:
    """Of Mei's shops, from the second on (somebody of the first asks to be forgotten); how many are invited."""
    codes = [one.code for one in clients if one.state == "active" and one.city.province == "ZHEJIANG"][1:]
    shops = list(Customer.objects.filter(code__in=codes).order_by("code"))
    found = contacts([one.pk for one in shops])
    chosen = [one for one in shops if one.pk in found][:INVITED]
    for n, shop in enumerate(chosen):
        account = actions.invite(customer=shop, person=found[shop.pk].person, by=staff["mei"])
        link = reading.open_link(account)
        if n == 0 and link is not None:
            actions.enter(token=links.token_of(link))
    return len(chosen)
