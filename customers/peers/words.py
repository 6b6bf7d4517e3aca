"""Findings in words, each with its figures and how many peers; never whose."""

from __future__ import annotations

import datetime

from django.utils import formats
from django.utils.translation import gettext as _

from crm.shell import numbers
from customers.peers.findings import Finding

_A_MONDAY = datetime.date(2024, 1, 1)


def sentence(one: Finding) -> str:
    told = _WORDS[one.kind](one)
    return _("%(finding)s (median of %(n)d like shops)") % {"finding": told, "n": one.n}


def _weekday(one: Finding) -> str:
    day = formats.date_format(_A_MONDAY + datetime.timedelta(days=one.weekday - 1), "l")
    return _("%(day)s brings %(own)s of the week, elsewhere %(peers)s") % {
        "day": day,
        "own": _share(one.own, 1),
        "peers": _share(one.peers, 1),
    }


def _promotion(one: Finding) -> str:
    return _("It promoted on %(own)d of the %(of)d days on which shops like it did; they used %(peers)s of them") % {
        "own": one.own,
        "of": one.of,
        "peers": _share(one.peers),
    }


def _units(one: Finding) -> str:
    return _("Units an order fell from %(before)s to %(own)s in a year (%(change)s), elsewhere %(peers)s") % _fell(
        one, 2
    )


def _orders(one: Finding) -> str:
    return _(
        "Orders of three months fell from %(before)s to %(own)s in a year (%(change)s), elsewhere %(peers)s"
    ) % _fell(one, 0)


def _fell(one: Finding, places: int) -> dict[str, str]:
    assert one.before is not None
    return {
        "before": numbers.grouped(one.before, places),
        "own": numbers.grouped(one.own, places),
        "change": _signed(one.own / one.before - 1),
        "peers": _signed(one.peers),
    }


def _late(one: Finding) -> str:
    return _(
        "Invoices are paid %(own)s days late, %(before)s half a year before; elsewhere it changed by %(peers)s"
    ) % {
        "own": numbers.grouped(one.own, 1),
        "before": numbers.grouped(one.before, 1),
        "peers": numbers.grouped(one.peers, 1),
    }


def _share(value: float, places: int = 0) -> str:
    return numbers.percent(value, places)


def _signed(value: float) -> str:
    return numbers.percent(value, 0) if value < 0 else f"+{numbers.percent(value, 0)}"


_WORDS = {
    "weekday": _weekday,
    "promotion": _promotion,
    "units": _units,
    "orders": _orders,
    "late": _late,
}
