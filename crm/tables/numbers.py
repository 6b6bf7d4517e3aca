"""The grammar of numbers people write, read exactly: (digits, decimals) stands for digits / 10**decimals.

Only ASCII digits after full-width forms are folded; nothing is rounded and nothing is guessed.
"""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from typing import Any

from crm.tables.folding import INVISIBLE, narrow
from crm.tables.messages import BadCell

_LONGEST = 60
_MOST_DIGITS = 24
_MULTIPLES = {"千": 3, "仟": 3, "万": 4, "萬": 4, "百万": 6, "百萬": 6, "千万": 7, "千萬": 7, "亿": 8, "億": 8}
_NUMBER = re.compile(
    r"""(?P<open>\()?\s*(?P<sign>[+-])?\s*(?P<before>¥|cn¥|rmb|cny|人民币|人民幣)?\s*(?P<inner_sign>[+-])?
    (?P<inner_open>\()?\s*(?P<figures>[0-9.,][0-9., ]*)(?(inner_open)(?P<inner_close>\)))\s*
    (?P<multiple>千万|千萬|百万|百萬|万|萬|亿|億|千|仟)?\s*(?P<after>元|圆|圓|rmb|cny|人民币|人民幣)?\s*(?P<end_sign>-)?\s*
    (?(open)(?P<close>\)))""",
    re.VERBOSE | re.IGNORECASE,
)
_PLAIN = re.compile(r"[0-9]+(?:\.[0-9]+)?|\.[0-9]+")
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:(?:,[0-9]{3})+|(?: [0-9]{3})+)(?:\.[0-9]+)?")
_SCIENTIFIC = re.compile(r"[+-]?[0-9]+(?:\.[0-9]*)?e[+-]?[0-9]+", re.IGNORECASE)
_FOREIGN = re.compile(
    r"us\$|hk\$|nt\$|[$€£₩₽₹฿₫₱]|\b(?:usd|eur|hkd|twd|jpy|gbp|krw|sgd|mop|aud|cad)\b|美元|欧元|港[元币幣]|日元|英镑|台币",
    re.I,
)


def as_written(value: float | int) -> str:
    """A workbook's number as its program shows it: exact where it can be, else with the 15 digits it keeps."""
    if isinstance(value, int):
        return str(value)
    if value != value or value in (float("inf"), float("-inf")):
        raise BadCell("not_a_number")
    exact = format(Decimal(repr(float(value))), "f")
    if len(exact.partition(".")[2]) > 2 and abs(value) < 10**13:
        exact = format(Decimal(f"{value:.15g}"), "f")
    return exact.removesuffix(".0") if exact.endswith(".0") else exact


def read_number(value: Any, *, currency: bool, header_unit: int = 1) -> tuple[int, int] | None:
    """(digits, decimals) of a cell, or None if it is empty. currency: whether ¥, 元 and the like may stand with it."""
    if value is None:
        return None
    if not isinstance(value, str):
        value = _text_of_number(value)
    text = narrow(value).strip(INVISIBLE)
    if not text:
        return None
    if text[0] == "'" and text[1:2] in ("+", "-"):
        text = text[1:]
    match = _NUMBER.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None:
        raise BadCell(_why_not(text), _params(text))
    parts = match.groupdict()
    negative = _sign(parts)
    if not currency and (parts["before"] or parts["after"]):
        raise BadCell("not_a_number")
    power = 0
    if parts["multiple"]:
        power = _MULTIPLES[parts["multiple"]]
    if header_unit != 1 and (parts["multiple"] or parts["after"] in ("元", "圆", "圓")):
        raise BadCell("number_unit_twice", {"unit": header_unit})
    digits, decimals = _figures(parts["figures"].rstrip())
    digits *= header_unit * 10**power
    return (-digits if negative else digits), decimals


def _text_of_number(value: Any) -> str:
    if isinstance(value, bool):
        raise BadCell("not_a_number")
    if isinstance(value, float | int):
        return as_written(value)
    if isinstance(value, datetime.date | datetime.time | datetime.timedelta):
        raise BadCell("number_is_date")
    if hasattr(value, "refuse"):
        value.refuse()
    raise BadCell("not_a_number")


def _sign(parts: dict[str, str | None]) -> bool:
    marks = [parts[name] for name in ("open", "inner_open", "sign", "inner_sign", "end_sign") if parts[name]]
    if len(marks) > 1:
        raise BadCell("number_sign")
    return bool(marks) and marks[0] != "+"


def _figures(text: str) -> tuple[int, int]:
    if _PLAIN.fullmatch(text):
        plain = text
    elif _GROUPED.fullmatch(text):
        plain = text.replace(",", "").replace(" ", "")
    elif re.fullmatch(r"[0-9]+(?:[. ][0-9]{3})*,[0-9]*", text) and not re.fullmatch(r"[1-9][0-9]*,[0-9]{3,}", text):
        raise BadCell("number_comma")
    elif "," in text or " " in text:
        raise BadCell("number_separators")
    else:
        raise BadCell("not_a_number")
    whole, _point, part = plain.partition(".")
    part = part.rstrip("0")
    if len(whole.lstrip("0")) + len(part) > _MOST_DIGITS:
        raise BadCell("number_too_large")
    return int(f"{whole}{part}" or "0"), len(part)


def _why_not(text: str) -> str:
    if "%" in text or "‰" in text:
        return "number_percent"
    if _SCIENTIFIC.fullmatch(text):
        return "number_scientific"
    if any(not letter.isascii() and letter.isnumeric() and letter not in "万萬亿億千仟" for letter in text):
        return "number_digits"
    if re.match(r"[(]?[+-]\s*[(]?[¥]?\s*[+-]", text):
        return "number_sign"
    if any(letter.isdigit() for letter in text):
        if _FOREIGN.search(text):
            return "number_currency"
        if len(text) > _LONGEST and re.fullmatch(r"[-+0-9.,() ]+", text):
            return "number_too_large"
    return "not_a_number"


def _params(text: str) -> dict[str, str]:
    found = _FOREIGN.search(text)
    return {"found": found.group()} if found else {}
