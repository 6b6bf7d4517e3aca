"""One cell to one value, exactly or not at all.

Every function takes what the reader yields (text; from workbooks also float, int, bool, date, datetime, Flaw), gives
None for an empty cell and raises BadCell for anything it would have to guess. Amounts are whole minor units.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from crm.tables.dates import guess_date_order, parse_date
from crm.tables.flaws import Flaw, Serial1904
from crm.tables.folding import INVISIBLE, key, narrow, simpler
from crm.tables.messages import BadCell
from crm.tables.numbers import as_written, read_number

__all__ = [
    "Flaw",
    "Serial1904",
    "guess_date_order",
    "parse_amount",
    "parse_bool",
    "parse_choice",
    "parse_code",
    "parse_date",
    "parse_decimal",
    "parse_int",
    "parse_text",
]

LIMIT = 9 * 10**15  # minor units, as in crm.money


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
        # A sign or mark that looking up words takes no notice of makes another value of it: −1 is no yes.
        if word in _YES_NO and word == simpler(narrow(value).strip(INVISIBLE)).casefold():
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
