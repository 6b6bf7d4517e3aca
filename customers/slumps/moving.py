"""Slumps when two customers become one: judged on its own figures, they leave with the one that goes.

The survivor's days are the sums of both from now on, so what was learned of either is void: all is learned anew.
"""

from __future__ import annotations

from crm.merging import Work, special
from customers.slumps import keeping
from customers.slumps.models import SlumpAlert


def take(work: Work) -> None:
    work.delete(SlumpAlert, "customer_id = %s", [work.loser_id])


def settle(work: Work) -> None:
    keeping.forget()


RULES = [special("customers.SlumpAlert", take, settle=settle)]
