"""How figures are written: pure, the language is an argument.

Minus is the real minus sign; halves round away from zero, as people expect.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal, InvalidOperation

DASH = "—"
MINUS = "\u2212"
SYMBOLS = {
    "CNY": "¥",
    "JPY": "JP¥",
    "HKD": "HK$",
    "TWD": "NT$",
    "MOP": "MOP$",
    "SGD": "S$",
    "MYR": "RM",
    "USD": "US$",
    "EUR": "€",
    "GBP": "£",
}
_UNITS = {
    "zh-hans": ((Decimal(10**8), "亿"), (Decimal(10**4), "万")),
    "zh-hant": ((Decimal(10**8), "億"), (Decimal(10**4), "萬")),
    "en": ((Decimal(10**9), "B"), (Decimal(10**6), "M"), (Decimal(10**3), "K")),
}


def to_decimal(value) -> Decimal | None:
    """The value as an exact finite Decimal, or None if it is no number."""
    if value is None or value == "":
        return None
    try:
        number = value if isinstance(value, Decimal) else Decimal(str(value))
    except (InvalidOperation, ValueError):
        return None
    return number if number.is_finite() else None


def rounded(number: Decimal, places: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def _signed(number: Decimal, text: str, plus: bool = False) -> str:
    if number < 0:
        return MINUS + text
    return "+" + text if plus and number > 0 else text


def grouped(value, places: int = 0) -> str:
    """1234567.5 -> 1,234,568; None -> a dash."""
    number = to_decimal(value)
    if number is None:
        return DASH
    number = rounded(number, places)
    return _signed(number, f"{abs(number):,.{places}f}")


def money(value, currency: str = "CNY") -> str:
    """The full amount with its currency: ¥1,234,567.00."""
    number = to_decimal(value)
    if number is None:
        return DASH
    number = rounded(number, 2)
    symbol = SYMBOLS.get(currency, currency + "\u00a0")
    return _signed(number, f"{symbol}{abs(number):,.2f}")


def money_up(value, currency: str = "CNY") -> str:
    """The next whole amount, for what is still missing: ¥8,633.81 is ¥8,634."""
    number = to_decimal(value)
    if number is None:
        return DASH
    number = number.to_integral_value(ROUND_CEILING)
    return _signed(number, f"{SYMBOLS.get(currency, currency + chr(0xA0))}{abs(number):,}")


def money_short(value, language: str) -> str:
    """Few digits and the unit the language counts in: 123.5万, 1.23亿, 498K, 72.87M. Below the first unit: whole."""
    number = to_decimal(value)
    if number is None:
        return DASH
    units = _UNITS.get(language, _UNITS["zh-hans"] if language.startswith("zh") else _UNITS["en"])
    size = abs(number)
    for index in range(len(units) - 1, -1, -1):
        unit, name = units[index]
        larger = units[index - 1][0] if index else None
        text = _in_unit(size / unit, name)
        # 99,999,999 is 10,000.0万 when rounded: then it is 1.00亿.
        if larger is not None and rounded(size / unit, 1) >= larger / unit:
            continue
        if index == len(units) - 1 and rounded(size, 0) < unit:
            break
        return _signed(number, text)
    whole = rounded(size, 0)
    return _signed(number if whole else Decimal(0), f"{whole:,}")


def _in_unit(size: Decimal, name: str) -> str:
    if name in "亿億B":
        places = 2
    elif name == "M":
        places = 2 if size < 100 else 1
    elif name == "K":
        places = 1 if size < 100 else 0
    else:
        places = 1
    return f"{rounded(size, places):,.{places}f}{name}"


def growth(ratio) -> tuple[str, str]:
    """(text, direction) of a ratio: 0.047 -> ("+4.7%", "up"). Direction is up, down, flat or none."""
    number = to_decimal(ratio)
    if number is None:
        return DASH, "none"
    percent = rounded(number * 100, 1)
    if not percent:
        return "0.0%", "flat"
    places = 1 if abs(percent) < 1000 else 0
    text = _signed(percent, f"{rounded(abs(percent), places):,}%", plus=True)
    return text, "up" if percent > 0 else "down"


def percent(ratio, places: int = 0) -> str:
    """0.196 -> 20%."""
    number = to_decimal(ratio)
    return DASH if number is None else grouped(number * 100, places) + "%"


def axis(ticks, language: str) -> list[str]:
    """Labels of an axis, all in the one unit that fits its largest tick: 0, 200万, 400万; 0, 1.5M, 3M."""
    numbers = [to_decimal(tick) or Decimal(0) for tick in ticks]
    largest = max((abs(n) for n in numbers), default=Decimal(0))
    units = _UNITS.get(language, _UNITS["zh-hans"] if language.startswith("zh") else _UNITS["en"])
    unit, name = next(((size, word) for size, word in units if largest >= size), (Decimal(1), ""))
    labels = []
    for number in numbers:
        text = f"{rounded(abs(number) / unit, 2):,f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
        labels.append(_signed(number, text + name) if number else "0")
    return labels
