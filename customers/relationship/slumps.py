"""Slumps in daily sales: the public function, and what a person is told of the calendar.

`detect(panel)` is the nightly rule looped over days, for anyone who wants to score it.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import numpy as np

from crm.workdays import year_announced
from customers.relationship.slumprule import SENSITIVITIES, Calendar, Groups, Rule, State, advance

EPOCH = datetime.date(1970, 1, 1)


def day_number(day: datetime.date) -> int:
    return (day - EPOCH).days


def day_of(number: int) -> datetime.date:
    return EPOCH + datetime.timedelta(days=int(number))


def statutory(day: datetime.date) -> Calendar:
    """A day by China's calendar: holidays as the State Council announced them, and weekend days worked instead."""
    found = year_announced(day.year)
    if found is None:
        return Calendar(day.weekday())
    return Calendar(day.weekday(), holiday=day in found, makeup=day in found.weekend_workdays)


def detect(panel: Mapping[str, Any], rule: Rule = SENSITIVITIES["normal"]) -> np.ndarray:
    """bool[n, T]: is a slump on at the close of day t. Uses the past only.

    panel: dates datetime64[D][T], Y float[n, T] (nan: closed or no report), promo and school bool[n, T], region[n],
    kind[n]. `calendar`, a list of Calendar a day, is used where given, else China's.
    """
    sales = np.asarray(panel["Y"], float)
    n, length = sales.shape
    days = np.asarray(panel["dates"]).astype("datetime64[D]").astype(int)
    told = panel.get("calendar") or [statutory(day_of(number)) for number in days]
    groups = Groups.of(panel["kind"], panel["region"])
    promo, school = np.asarray(panel["promo"], bool), np.asarray(panel["school"], bool)
    state, found = State.empty(n), np.zeros((n, length), bool)
    for t in range(length):
        state, day = advance(state, int(days[t]), sales[:, t], promo[:, t], school[:, t], told[t], groups, rule)
        found[:, t] = day.alarm
    return found
