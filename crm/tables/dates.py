"""A cell to a day, or not at all: every usual way to write one, none that has to be guessed."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from typing import Any

from crm.tables.flaws import Flaw, Serial1904
from crm.tables.folding import INVISIBLE, narrow
from crm.tables.messages import BadCell

FIRST_YEAR, LAST_YEAR = 1900, 2100
_LONGEST = 48

_TIME = (
    r"(?:[ ]?[(]?(?P<weekday>(?:星期|周|週|礼拜|禮拜)[一二三四五六日天])[)]?)?"
    r"(?:(?:[T ]+|(?<=[日号一二三四五六天)])|(?=[上下]午))(?P<noon>[上下]午)?[ ]?"
    r"(?P<time>[0-9]{1,2}(?::[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?|[时時点點][0-9]{1,2}分(?:[0-9]{1,2}秒)?))"
    r"(?:[ ]?(?P<half>[ap]m))?(?P<zone>[ ]?(?:Z|UTC|[+-][0-9]{2}:?[0-9]{2}))?)?"
)
_YEAR_FIRST = re.compile(
    r"(?P<y>[0-9]{4})(?:(?P<sep>[ ]?[-/.][ ]?)(?P<m>[0-9]{1,2})(?P=sep)(?P<d>[0-9]{1,2})"
    r"| ?年 ?(?P<m2>[0-9]{1,2}) ?月 ?(?P<d2>[0-9]{1,2}) ?[日号]?)" + _TIME,
    re.IGNORECASE,
)
_YEAR_LAST = re.compile(
    r"(?P<a>[0-9]{1,2})(?P<sep>[ ]?[-/.][ ]?)(?P<b>[0-9]{1,2})(?P=sep)(?P<y>[0-9]{4})" + _TIME, re.IGNORECASE
)
_COMPACT = re.compile(r"(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})" + _TIME, re.IGNORECASE)
_COMPACT_TIME = re.compile(r"([0-9]{8})[T ]?([0-9]{2})([0-9]{2})([0-9]{2})?", re.IGNORECASE)
_DAYS = r"mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:rs|rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?"
_NAMED = re.compile(
    rf"(?:(?P<english>{_DAYS})[.,]?[ ]+)?"
    r"(?:(?P<y1>[0-9]{4})[-/ .]+(?P<name1>[a-z]{3,9})[-/ .]+(?P<d1>[0-9]{1,2})"
    r"|(?:(?P<d>[0-9]{1,2})[-/ .]*(?P<name>[a-z]{3,9})[-/ .,]*|(?P<name2>[a-z]{3,9})[-/ .]*(?P<d2>[0-9]{1,2})[-/ .,]+)"
    r"(?P<y>[0-9]{2}(?:[0-9]{2})?))" + _TIME,
    re.IGNORECASE,
)
_HAN_DATE = re.compile(
    "(?P<y>[〇零一二三四五六七八九]{4})年(?P<m>[一二三四五六七八九十]{1,2})月(?P<d>[一二三四五六七八九十]{1,3})[日号]"
)
_HAN_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_WEEKDAYS = {**{sign: number for number, sign in enumerate("一二三四五六日")}, "天": 6}
_WEEKDAYS |= {name: number for number, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))}
_SHORT_YEAR = re.compile(r"[0-9]{1,2}(?:[-/.][0-9]{1,2}[-/.]|年[0-9]{1,2}月)[0-9]{1,2}日?(?: .*)?")
_SERIAL = re.compile(r"[0-9]{5}(?:\.[0-9]+)?")
_MONTHS = "january february march april may june july august september october november december"
_MONTH_OF = {name: number for number, month in enumerate(_MONTHS.split(), 1) for name in (month, month[:3])} | {
    "sept": 9
}
_FIRST_SERIAL, _LAST_SERIAL = 20_000, 73_415  # 1954 … 2100; smaller numbers are more likely anything else
_EPOCH_1900, _EPOCH_1904 = datetime.date(1899, 12, 30), datetime.date(1904, 1, 1)
_seen: dict[str, datetime.date] = {}
_SEEN_LIMIT = 20_000


def parse_date(value: Any, order: str = "ymd") -> datetime.date | None:
    """A day. order ("dmy" or "mdy") settles 05/03/2024; without it ("ymd") only one that fits one reading is taken."""
    if type(value) is str:
        found = _seen.get(value)
        if found is not None:
            return found
        if len(value) == 10 and value[4] == value[7] == "-":
            try:
                day = datetime.date.fromisoformat(value)
            except ValueError:
                return _date_of(value, order)
            _in_range(day.year)
            if len(_seen) >= _SEEN_LIMIT:
                _seen.clear()
            _seen[value] = day
            return day
        return _date_of(value, order)
    if value is None:
        return None
    if isinstance(value, Flaw):
        value.refuse()
    if isinstance(value, datetime.datetime):
        value = value.date()
    if isinstance(value, datetime.date):
        _in_range(value.year)
        return value
    if isinstance(value, float | int) and not isinstance(value, bool):
        return _date_of_number(value)
    raise BadCell("not_a_date")


def _date_of(value: str, order: str) -> datetime.date | None:
    text = narrow(value).strip(INVISIBLE)
    if not text:
        return None
    if len(text) > _LONGEST:
        raise BadCell("not_a_date")
    text = text.replace("號", "号")
    if match := _HAN_DATE.fullmatch(text):
        text = "{}-{}-{}".format(*map(_han_number, match.groups()))
    if match := _COMPACT_TIME.fullmatch(text):
        text = f"{match[1]} {':'.join(filter(None, match.groups()[1:]))}"
    if match := _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text):
        parts = match.groupdict()
        return _whole(parts, _day(parts["y"], parts["m"] or parts["m2"], parts["d"] or parts["d2"]))
    if match := _YEAR_LAST.fullmatch(text):
        parts = match.groupdict()
        return _whole(parts, _day_of_order(int(parts["a"]), int(parts["b"]), parts["y"], order))
    if match := _NAMED.fullmatch(text):
        parts = match.groupdict()
        month = _MONTH_OF.get((parts["name"] or parts["name2"] or parts["name1"]).lower())
        if month is None:
            raise BadCell("not_a_date")
        year = parts["y"] or parts["y1"]
        if len(year) == 2:
            raise BadCell("date_two_digit_year")
        return _whole(parts, _day(year, month, parts["d"] or parts["d2"] or parts["d1"]))
    if _SERIAL.fullmatch(text):
        return _date_of_number(float(text))
    raise BadCell("date_two_digit_year" if _SHORT_YEAR.fullmatch(text) else "not_a_date")


def _han_number(text: str) -> int:
    """二〇二四 is 2024, 十二 is 12, 三十一 is 31; nonsense such as 十十 comes out as no day of any month."""
    tens, ten, ones = text.partition("十")
    if not ten:
        return int(text.translate(_HAN_DIGITS))
    if "十" in ones or len(tens) > 1 or len(ones) > 1:
        return 99
    return 10 * int(tens.translate(_HAN_DIGITS) or 1) + int(ones.translate(_HAN_DIGITS) or 0)


def _whole(parts: Mapping[str, str | None], day: datetime.date) -> datetime.date:
    """The day, if what stands beside it is sound: a time that exists, no zone, the right day of the week."""
    _time_of(parts)
    said = parts["weekday"] or parts.get("english")
    if said and day.weekday() != _WEEKDAYS[said[-1] if parts["weekday"] else said[:3].lower()]:
        raise BadCell("date_weekday")
    return day


def _time_of(parts: Mapping[str, str | None]) -> None:
    if parts["zone"]:
        raise BadCell("date_zone")
    if not parts["time"]:
        return
    hour, minute, *seconds = re.findall(r"[0-9]+", parts["time"])
    last = 12 if parts["half"] else 23
    if int(hour) > last or int(minute) > 59 or (seconds and int(seconds[0]) > 59):
        raise BadCell("not_a_date")


def _day(year: Any, month: Any, day: Any) -> datetime.date:
    _in_range(int(year))
    try:
        return datetime.date(int(year), int(month), int(day))
    except ValueError as error:
        raise BadCell("no_such_date") from error


def _day_of_order(first: int, second: int, year: str, order: str) -> datetime.date:
    if order == "dmy":
        return _day(year, second, first)
    if order == "mdy":
        return _day(year, first, second)
    if first > 12 or first == second:
        return _day(year, second, first)
    if second > 12:
        return _day(year, first, second)
    raise BadCell("date_ambiguous")


def _date_of_number(value: float) -> datetime.date:
    """A serial day of a spreadsheet, or a date written as the number 20240305."""
    if value != value or value in (float("inf"), float("-inf")):
        raise BadCell("not_a_date")
    if value == int(value) and 10**7 <= value < 10**8:
        text = str(int(value))
        return _day(text[:4], text[4:6], text[6:])
    if not _FIRST_SERIAL <= value < _LAST_SERIAL:
        raise BadCell("not_a_date")
    return (_EPOCH_1904 if isinstance(value, Serial1904) else _EPOCH_1900) + datetime.timedelta(days=int(value))


def _in_range(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise BadCell("date_out_of_range", {"first": FIRST_YEAR, "last": LAST_YEAR})


def guess_date_order(samples: Iterable[Any]) -> str | None:
    """How a column writes its days: "ymd" if no date of it needs an order, "dmy" or "mdy" if one tells, else None.

    None also where two dates contradict each other.
    """
    needs = False
    found: set[str] = set()
    for value in samples:
        if type(value) is not str or value[4:5] == "-":
            continue
        match = _YEAR_LAST.fullmatch(narrow(value).strip(INVISIBLE))
        if match is None:
            continue
        first, second = int(match["a"]), int(match["b"])
        needs = needs or first != second
        if first > 12 >= second:
            found.add("dmy")
        elif second > 12 >= first:
            found.add("mdy")
    if not needs:
        return "ymd"
    return found.pop() if len(found) == 1 else None
