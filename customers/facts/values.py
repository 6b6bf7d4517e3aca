"""A fact's canonical text: what is stored for a value, whatever way it was entered. Pure.

money: two decimals; number: a whole number; percent: a fraction ("0.45" is 45 %); date: ISO 8601; rating: 1 to 5;
choice and many: keys, many of them by commas in the catalogue's order; "other:" stands before words of one's own.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

OTHER = "other"
MOST_MONEY = Decimal(10) ** 13
LONGEST = {"text": 200, "long": 1000, "choice": 60, "many": 60}
NUMBERS = frozenset({"money", "number", "percent", "rating"})


@dataclass(frozen=True, slots=True)
class Form:
    """What a value must look like. form: see the catalogue; choices: keys in order; most: the largest number."""

    form: str
    choices: tuple[str, ...] = ()
    most: int | None = None


@dataclass(frozen=True)
class BadValue(Exception):
    """code: not_a_number, decimals, too_small, too_large, not_a_date, not_a_choice, too_long, breaks."""

    code: str
    params: dict = field(default_factory=dict)


def canonical(form: Form, raw: object) -> str:
    """The canonical text of what was entered; "" of nothing. Raises BadValue."""
    if raw is None or raw == "" or raw == []:
        return ""
    return _READERS[form.form](form, raw)


def number_of(form: Form, text: str) -> Decimal | None:
    """The number that a canonical text stands for; None of forms that are none."""
    return Decimal(text) if text and form.form in NUMBERS else None


def parts_of(text: str) -> tuple[list[str], str]:
    """(keys, words of one's own) of a canonical choice or many."""
    head, _colon, own = text.partition(f"{OTHER}:")
    return [one for one in head.split(",") if one], own


def _decimal(raw: object) -> Decimal:
    try:
        found = Decimal(str(raw).strip().replace(",", "").replace("，", ""))
    except InvalidOperation as error:
        raise BadValue("not_a_number") from error
    if not found.is_finite():
        raise BadValue("not_a_number")
    return found


def _within(value: Decimal, least: Decimal | int, most: Decimal | int) -> None:
    if value < least:
        raise BadValue("too_small", {"least": str(least)})
    if value > most:
        raise BadValue("too_large", {"most": str(most)})


def _money(form: Form, raw: object) -> str:
    found = _decimal(raw)
    _within(found, -MOST_MONEY, MOST_MONEY)
    if found != found.quantize(Decimal("0.01")):
        raise BadValue("decimals", {"places": 2})
    return str(found.quantize(Decimal("0.01")))


def _number(form: Form, raw: object) -> str:
    found = _decimal(raw)
    _within(found, 0, form.most if form.most is not None else 10**9)
    if found != found.to_integral_value():
        raise BadValue("decimals", {"places": 0})
    return str(int(found))


def _percent(form: Form, raw: object) -> str:
    """Entered as people say it: 45 or 45% is 0.45."""
    found = _decimal(str(raw).strip().removesuffix("%").removesuffix("％"))
    _within(found, 0, form.most if form.most is not None else 100)
    if found != found.quantize(Decimal("0.01")):
        raise BadValue("decimals", {"places": 2})
    share = (found / 100).normalize()
    return format(share, "f")


def _rating(form: Form, raw: object) -> str:
    found = _decimal(raw)
    _within(found, 1, 5)
    if found != found.to_integral_value():
        raise BadValue("decimals", {"places": 0})
    return str(int(found))


def _date(form: Form, raw: object) -> str:
    if isinstance(raw, datetime.datetime):
        raw = raw.date()
    if not isinstance(raw, datetime.date):
        try:
            raw = datetime.date.fromisoformat(str(raw).strip())
        except ValueError as error:
            raise BadValue("not_a_date") from error
    if not 1900 <= raw.year <= 2200:
        raise BadValue("not_a_date")
    return raw.isoformat()


def _text(form: Form, raw: object) -> str:
    text = " ".join(str(raw).split())
    if len(text) > LONGEST["text"]:
        raise BadValue("too_long", {"most": LONGEST["text"]})
    return text


def _long(form: Form, raw: object) -> str:
    lines = [" ".join(line.split()) for line in str(raw).strip().splitlines()]
    text = "\n".join(lines).strip()
    if len(text) > LONGEST["long"]:
        raise BadValue("too_long", {"most": LONGEST["long"]})
    return text


def _choice(form: Form, raw: object) -> str:
    if isinstance(raw, Sequence) and not isinstance(raw, str):
        if len(raw) > 1:
            raise BadValue("not_a_choice")
        raw = raw[0]
    text = str(raw).strip()
    if text.startswith(f"{OTHER}:") or text == OTHER:
        return _own(form, text)
    if text not in form.choices:
        raise BadValue("not_a_choice")
    return text


def _many(form: Form, raw: object) -> str:
    if isinstance(raw, str):
        keys, own = parts_of(raw)
        given: Iterable[str] = [*keys, f"{OTHER}:{own}"] if own else keys
    elif isinstance(raw, Iterable):
        given = [str(one).strip() for one in raw if str(one).strip()]
    else:
        raise BadValue("not_a_choice")
    chosen = {one for one in given if not one.startswith(OTHER)}
    if chosen - set(form.choices):
        raise BadValue("not_a_choice")
    texts = [key for key in form.choices if key in chosen]
    texts += [_own(form, one) for one in given if one.startswith(f"{OTHER}:") and one != f"{OTHER}:"][:1]
    return ",".join(texts)


def _own(form: Form, text: str) -> str:
    own = " ".join(text.partition(":")[2].split())
    if OTHER not in form.choices:
        raise BadValue("not_a_choice")
    if not own:
        raise BadValue("own_words")
    if len(own) > LONGEST["choice"]:
        raise BadValue("too_long", {"most": LONGEST["choice"]})
    return f"{OTHER}:{own}"


_READERS = {
    "money": _money,
    "number": _number,
    "percent": _percent,
    "rating": _rating,
    "date": _date,
    "text": _text,
    "long": _long,
    "choice": _choice,
    "many": _many,
}
