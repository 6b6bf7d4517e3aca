"""Dealers of the demo: one who looked at the shop's figures lately, two who are invited and have not come yet."""

from __future__ import annotations

from collections.abc import Sequence

from crm.accounts.models import User
from customers.demo.company import Client
from customers.portal import actions, links, reading
from customers.portal.inviting import contacts
from customers.profile.models import Customer

INVITED = 3
MOST = 200
"""So many shops are looked at for somebody to invite."""


def let_in(clients: Sequence[Client], manager_of: dict[str, User]) -> int:
    """Mei's shops first, but for her first one (somebody of it asks to be forgotten); how many are invited."""
    active = [one for one in clients if one.state == "active"]
    hers = [one for one in active if one.city.province == "ZHEJIANG"][1:]
    order = [*hers, *(one for one in active if one.city.province != "ZHEJIANG")]
    shops = Customer.objects.in_bulk([one.code for one in order[:MOST]], field_name="code")
    found = contacts([one.pk for one in shops.values()])
    chosen = [one for one in order[:MOST] if shops[one.code].pk in found][:INVITED]
    for n, client in enumerate(chosen):
        shop, by = shops[client.code], manager_of[client.city.province]
        account = actions.invite(customer=shop, person=found[shop.pk].person, by=by)
        link = reading.open_link(account)
        if n == 0 and link is not None:
            actions.enter(token=links.token_of(link))
    return len(chosen)
