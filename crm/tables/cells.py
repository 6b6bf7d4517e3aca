"""One cell to one value, exactly or not at all.

Every function takes what the reader yields (text; from workbooks also float, int, bool, date, datetime, Flaw), gives
None for an empty cell and raises BadCell for anything it would have to guess. Amounts are whole minor units.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from crm.tables.folding import INVISIBLE, key, narrow
from crm.tables.messages import BadCell
from crm.tables.numbers import as_written, read_number

LIMIT = 9 * 10**15  # minor units, as in crm.money
FIRST_YEAR, LAST_YEAR = 1900, 2100
_LONGEST_DATE = 40


class Flaw:
    """A workbook cell that has no value: an error (#N/A) or a formula never calculated."""

    __slots__ = ("code", "params", "shown")

    def __init__(self, code: str, shown: str, params: dict[str, Any] | None = None):
        self.code, self.shown, self.params = code, shown, params or {}

    def __str__(self):
        return self.shown

    def __eq__(self, other):
        return isinstance(other, Flaw) and (self.code, self.shown) == (other.code, other.shown)

    def __hash__(self):
        return hash((self.code, self.shown))

    def refuse(self):
        raise BadCell(self.code, self.params)


class Serial1904(float):
    """A number in a workbook that counts its days from 1904."""


# --- text -----------------------------------------------------------------------------------------------------

_JOINERS = "\u200c\u200d"  # within emoji and some scripts
_FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
_LOST = ("\ufffd", "锟斤拷")


def parse_text(value: Any, max_length: int) -> str | None:
    """Trimmed text. The apostrophe that exports put before a formula mark is taken off again."""
    if type(value) is str:
        text = value.strip()
    elif value is None:
        return None
    else:
        text = _text_of(value)
    if not text.isascii() or not text.isprintable():
        text = text.strip(INVISIBLE)
        _look(text)
    if not text:
        return None
    if text[0] == "'" and text[1:].startswith(_FORMULA_MARKS):
        text = text[1:]
    if len(text) > max_length:
        raise BadCell("too_long", {"limit": max_length})
    return text


_TOTAL_WORDS = (
    "合计 总计 小计 累计 共计 总和 总合计 本页小计 本页合计 本日合计 本月合计 全部合计 合计金额 "
    "total totals subtotal sub_total grand_total sum"
)
_TOTALS = frozenset(key(word) for word in _TOTAL_WORDS.split())
_SCIENTIFIC_CODE = re.compile(r"[0-9](?:\.[0-9]+)?[Ee]\+[0-9]+")
# In codes, full-width letters, digits and joining signs are the same as narrow ones; brackets and the like stay.
_NARROW_CODE = {
    wide: wide - 0xFEE0 for wide in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
_NARROW_CODE |= {0xFF0D: "-", 0xFF3F: "_", 0xFF0E: ".", 0xFF0F: "/", 0xFF03: "#"}


def parse_code(value: Any, max_length: int = 64) -> str | None:
    """A customer's code: text kept as it stands (leading zeros too), width folded; 1001.0 of a workbook is '1001'.

    Refuses totals (合计), codes a spreadsheet spoilt (1.2E+11, dates, lost digits) and hidden characters.
    """
    if type(value) is str:
        if value.isalnum() and value.isascii() and not value.isalpha() and len(value) <= max_length:
            return value
    elif isinstance(value, float | int) and not isinstance(value, bool):
        if value != value or value in (float("inf"), float("-inf")) or value != int(value):
            raise BadCell("code_not_whole")
        if abs(value) >= 10**15:
            raise BadCell("code_digits")
        value = str(int(value))
    elif isinstance(value, datetime.date):
        raise BadCell("code_is_date")
    text = parse_text(value, 10**6)
    if text is None:
        return None
    if not text.isascii():
        text = unicodedata.normalize("NFC", text.translate(_NARROW_CODE))
        for mark in _JOINERS:
            if mark in text:
                raise BadCell("hidden_character", {"character": _name(mark)})
    if _SCIENTIFIC_CODE.fullmatch(text):
        raise BadCell("code_scientific")
    if not any(character.isdigit() for character in text) and key(text) in _TOTALS:
        raise BadCell("total_row")
    if len(text) > max_length:
        raise BadCell("too_long", {"limit": max_length})
    return text


def _text_of(value: Any) -> str:
    if isinstance(value, Flaw):
        value.refuse()
    if isinstance(value, bool) or not isinstance(value, float | int | str):
        raise BadCell("not_text")
    if isinstance(value, str):
        return str(value).strip()
    return as_written(value)


def _look(text: str) -> None:
    """Refuse what a person would not see, or would see as something else."""
    for lost in _LOST:
        if lost in text:
            raise BadCell("damaged_text")
    if text.isprintable():
        return
    for character in text:
        if character.isprintable() or character in "\t\n\r" or character in _JOINERS:
            continue
        kind = unicodedata.category(character)
        if kind == "Cf":
            if 0xE0020 <= ord(character) <= 0xE007F:  # flags among the emoji
                continue
            raise BadCell("hidden_character", {"character": _name(character)})
        if kind in ("Cc", "Zl", "Zp"):
            raise BadCell("control_character", {"character": _name(character)})
        if kind == "Cs" or ord(character) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(character) <= 0xFDEF:
            raise BadCell("damaged_text")


def _name(character: str) -> str:
    return f"U+{ord(character):04X}"


# --- numbers --------------------------------------------------------------------------------------------------


def parse_amount(value: Any, *, unit: int = 1) -> int | None:
    """Money in whole minor units (fen). unit: what the header says a figure stands for (万元: 10000)."""
    if type(value) is str and unit == 1 and value.isascii():
        if value.isdigit() and len(value) < 14:
            return int(value) * 100
        whole, _point, part = value.partition(".")
        if len(part) == 2 and part.isdigit() and whole.isdigit() and len(whole) < 14:
            return int(whole + part)
    number = read_number(value, currency=True, header_unit=unit)
    if number is None:
        return None
    return _scaled(number, 2, LIMIT, "number_decimals", {"places": 2})


def parse_int(value: Any, *, least: int | None = None, most: int = 10**12, unit: int = 1) -> int | None:
    """A whole number; 12.00 is one. Outside least … most it is refused; without `least`, as far below 0 as above."""
    if type(value) is str and unit == 1 and value.isdigit() and value.isascii() and len(value) < 13:
        whole = int(value)
    else:
        number = read_number(value, currency=False, header_unit=unit)
        if number is None:
            return None
        whole = _scaled(number, 0, 10**18, "not_whole", {})
    if whole > most or (least is None and whole < -most):
        raise BadCell("number_too_large")
    if least is not None and whole < least:
        if least == 0:
            raise BadCell("negative")
        raise BadCell("out_of_range", {"least": least, "most": most})
    return whole


def parse_decimal(value: Any, places: int, *, least: Any = None, most: Any = None) -> Decimal | None:
    """A measure such as a coordinate: further decimals are rounded, which no amount of money ever is."""
    number = read_number(value, currency=False, header_unit=1)
    if number is None:
        return None
    digits, decimals = number
    if decimals > places:
        step = 10 ** (decimals - places)
        digits, rest = divmod(digits, step)
        if 2 * rest > step or (2 * rest == step and digits % 2):
            digits += 1
        decimals = places
    if abs(digits) >= 10 ** (15 + decimals):
        raise BadCell("number_too_large")
    result = Decimal(digits).scaleb(-decimals)
    if (least is not None and result < least) or (most is not None and result > most):
        raise BadCell("out_of_range", {"least": str(least), "most": str(most)})
    return result


def _scaled(number: tuple[int, int], places: int, limit: int, code: str, params: dict) -> int:
    """digits / 10**decimals as a whole number of 10**-places; refuses a remainder instead of rounding."""
    digits, decimals = number
    if decimals <= places:
        scaled = digits * 10 ** (places - decimals)
    else:
        scaled, rest = divmod(digits, 10 ** (decimals - places))
        if rest:
            raise BadCell(code, params)
    if abs(scaled) > limit:
        raise BadCell("number_too_large")
    return scaled


# --- yes or no, choices ---------------------------------------------------------------------------------------

_YES = "1 yes y true t on 是 有 真 对 开 开业 营业 促销 √ ✓ ✔ ☑ ○"
_NO = "0 no n false f off 否 无 没有 假 错 不 关 休息 停业 未营业 不营业 歇业 非促销 未促销 × x ✗ ✘ ☐"
_YES_NO: dict[str, bool] = {**{key(word): True for word in _YES.split()}, **{key(word): False for word in _NO.split()}}
_BARE = {"1": True, "0": False, "": None}


def parse_bool(value: Any) -> bool | None:
    if type(value) is str:
        if value in _BARE:
            return _BARE[value]
        word = key(value)
        if word in _YES_NO:
            return _YES_NO[word]
        if not value.strip(INVISIBLE):
            return None
    elif value is None or isinstance(value, bool):
        return value
    elif isinstance(value, float | int) and value in (0, 1):
        return bool(value)
    elif isinstance(value, Flaw):
        value.refuse()
    raise BadCell("not_yes_or_no")


_folded_tables: dict[int, tuple[Mapping, dict[str, Any]]] = {}


def parse_choice(value: Any, table: Mapping[str, Any]) -> Any:
    """table: {word: what it means}; words match as headers do. Keep one table object: its folded form is kept."""
    if type(value) is str and value in table:
        return table[value]
    text = parse_text(value, 200)
    if text is None:
        return None
    kept = _folded_tables.get(id(table))
    if kept is None or kept[0] is not table or len(kept[1]) > len(table):
        if len(_folded_tables) > 100:
            _folded_tables.clear()
        kept = _folded_tables[id(table)] = (table, {key(str(word)): meaning for word, meaning in table.items()})
    word = key(text)
    if word in kept[1]:
        return kept[1][word]
    raise BadCell("not_a_choice", {"choices": list(table)})


# --- dates ----------------------------------------------------------------------------------------------------

_TIME = (
    r"(?:[T ]+(?P<time>[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)(?:[ ]?(?P<half>[ap]m))?"
    r"(?P<zone>[ ]?(?:Z|UTC|[+-][0-9]{2}:?[0-9]{2}))?)?"
)
_YEAR_FIRST = re.compile(
    r"(?P<y>[0-9]{4})(?:(?P<sep>[-/.])(?P<m>[0-9]{1,2})(?P=sep)(?P<d>[0-9]{1,2})"
    r"| ?年 ?(?P<m2>[0-9]{1,2}) ?月 ?(?P<d2>[0-9]{1,2}) ?[日号]?)" + _TIME,
    re.IGNORECASE,
)
_YEAR_LAST = re.compile(
    r"(?P<a>[0-9]{1,2})(?P<sep>[-/.])(?P<b>[0-9]{1,2})(?P=sep)(?P<y>[0-9]{4})" + _TIME, re.IGNORECASE
)
_COMPACT = re.compile(r"(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})" + _TIME, re.IGNORECASE)
_NAMED = re.compile(
    r"(?:(?P<d>[0-9]{1,2})[-/ .]*(?P<name>[a-z]{3,9})|(?P<name2>[a-z]{3,9})[-/ .]*(?P<d2>[0-9]{1,2}))"
    r"[-/ .,]+(?P<y>[0-9]{2}(?:[0-9]{2})?)" + _TIME,
    re.IGNORECASE,
)
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
    if len(text) > _LONGEST_DATE:
        raise BadCell("not_a_date")
    text = text.replace("號", "号")
    if match := _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text):
        parts = match.groupdict()
        _time_of(parts)
        return _day(parts["y"], parts["m"] or parts["m2"], parts["d"] or parts["d2"])
    if match := _YEAR_LAST.fullmatch(text):
        parts = match.groupdict()
        _time_of(parts)
        return _day_of_order(int(parts["a"]), int(parts["b"]), parts["y"], order)
    if match := _NAMED.fullmatch(text):
        parts = match.groupdict()
        month = _MONTH_OF.get((parts["name"] or parts["name2"]).lower())
        if month is None:
            raise BadCell("not_a_date")
        if len(parts["y"]) == 2:
            raise BadCell("date_two_digit_year")
        _time_of(parts)
        return _day(parts["y"], month, parts["d"] or parts["d2"])
    if _SERIAL.fullmatch(text):
        return _date_of_number(float(text))
    raise BadCell("date_two_digit_year" if _SHORT_YEAR.fullmatch(text) else "not_a_date")


def _time_of(parts: Mapping[str, str | None]) -> None:
    if parts["zone"]:
        raise BadCell("date_zone")
    if not parts["time"]:
        return
    hour, minute, *seconds = parts["time"].split(":")
    last = 12 if parts["half"] else 23
    if int(hour) > last or int(minute) > 59 or (seconds and float(seconds[0]) >= 60):
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
