"""Opening hours as people write them ("9:00–20:30", "9:00-12:00, 14:00-18:00, 周一休") read as minutes of the day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

_SPAN = re.compile(r"(\d{1,2})(?:[:：](\d{2}))?\s*[-–—~～至到]\s*(\d{1,2})(?:[:：](\d{2}))?(?!\d)")
_SHUT_ZH = re.compile(
    r"(?:周|星期|礼拜)([一二三四五六日天])(?:[、,，和及]?(?:周|星期|礼拜)?([一二三四五六日天]))?\s*(?:店?休|不营业|关门|休息)"
)
_SHUT_EN = re.compile(
    r"closed\s+(?:on\s+)?((?:mon|tue|wed|thu|fri|sat|sun)\w*)|((?:mon|tue|wed|thu|fri|sat|sun)\w*)\s+closed"
)
_ZH = {name: n for n, name in enumerate("一二三四五六日")} | {"天": 6}
_EN = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
A_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Hours:
    """spans: open from, to; () is not known. shut: weekdays, Monday is 0."""

    spans: tuple[tuple[int, int], ...] = ()
    shut: frozenset[int] = frozenset()


def read(text: str) -> Hours:
    """What cannot be read is not known: nobody is shut out by a slip of the pen."""
    spans = []
    for found in _SPAN.finditer(text):
        hour, minute, until, until_minute = (int(one or 0) for one in found.groups())
        start, end = hour * 60 + minute, until * 60 + until_minute
        if minute < 60 and until_minute < 60 and end == 0:
            end = A_DAY
        if minute >= 60 or until_minute >= 60 or not 0 <= start < end <= A_DAY:
            return Hours()
        spans.append((start, end))
    spans.sort()
    if any(a[1] > b[0] for a, b in pairwise(spans)):
        return Hours()
    shut = {_ZH[one] for pair in _SHUT_ZH.findall(text) for one in pair if one}
    shut |= {_EN.index(one[:3]) for pair in _SHUT_EN.findall(text.lower()) for one in pair if one}
    return Hours(tuple(spans), frozenset(shut) if len(shut) < 7 else frozenset())


def windows(hours: Hours, minutes: int, start: float, end: float, lunch: tuple[float, float] | None) -> tuple:
    """When a visit of so many minutes may begin: within the hours and the working day, and not into lunch."""
    found = []
    for since, until in hours.spans or ((0, A_DAY),):
        low, high = max(since, start), min(until, end) - minutes
        if lunch is None:
            parts = [(low, high)]
        else:
            parts = [(low, min(high, lunch[0] - minutes)), (max(low, lunch[1]), high)]
        found += [(a, b) for a, b in parts if a <= b]
    return tuple(found)
