"""The same cells and rows far down in a file, where importers have stopped being careful and read by blocks."""

from __future__ import annotations

import datetime

from crm.tables.messages import CELL_REASONS
from tests.tables.corpus.cells import AMOUNTS, CODES, DATES
from tests.tables.corpus.making import HEADER, Case, text

_FIRST = datetime.date(2000, 1, 1)
_BEFORE = 3_000


def _quoted(shown: str) -> str:
    return '"' + shown.replace('"', '""') + '"'


def _day(number: int) -> str:
    return (_FIRST + datetime.timedelta(days=number)).isoformat()


def _case(name: str, rows: list, outcomes: list, header=HEADER, encoding="utf-8") -> Case:
    """rows after many plain ones, a plain one between any two; outcomes: a taken line, or a reason."""
    lines, taken, refused = [], [], {}

    def plain() -> None:
        lines.append(("K1001", _day(len(lines)), f"{len(lines)}.50", *[""] * (len(header) - 3)))
        taken.append(("K1001", lines[-1][1], (len(lines) - 1) * 100 + 50))

    for _ in range(_BEFORE):
        plain()
    for row, outcome in zip(rows, outcomes, strict=True):
        lines.append((*row, *[""] * (len(header) - len(row))))
        if isinstance(outcome, str):
            refused[len(lines) + 1] = outcome
        else:
            taken.append(outcome)
        plain()
    return Case(f"late_{name}", lambda: text(lines, header, encoding=encoding), taken=tuple(taken), refused=refused)


def _amounts() -> Case:
    rows, outcomes = [], []
    for at, (shown, worth) in enumerate(AMOUNTS.values()):
        day = (datetime.date(1985, 1, 1) + datetime.timedelta(days=at)).isoformat()
        rows.append(("K1001", day, _quoted(shown)))
        outcomes.append(worth if isinstance(worth, str) else ("K1001", day, worth))
    return _case("amounts", rows, outcomes)


def _dates() -> Case:
    """Only those that are refused: the others are one day each, which a file may have once. Order is never in doubt."""
    shown = [(text, reason) for text, reason in DATES.values() if reason in CELL_REASONS]
    return _case("dates", [("K1001", _quoted(text), "1") for text, _ in shown], [reason for _, reason in shown])


def _codes() -> Case:
    rows, outcomes = [], []
    for at, (shown, code) in enumerate(CODES.values()):
        day = (datetime.date(1985, 1, 1) + datetime.timedelta(days=at)).isoformat()
        rows.append((_quoted(shown), day, "1"))
        outcomes.append(code if code in CELL_REASONS else (code, day, 100))
    return _case("codes", rows, outcomes)


def _rows() -> Case:
    wide = (*HEADER, "units", "", "orders")
    rows = [
        ("K1001", "2024-03-05", "1", "234.00", "", "", ""),
        ("K1001", "2024-03-05", "1", "2", "3", "4", "5"),
        ("K1001", "2024-03-05", "1", "", "5", ""),
        wide,
        ("K1001", "2024-03-06"),
        ("K1001", "2024-03-07", "1", "5.5"),
        ("K1001", "2024-03-08", "1", "1e3"),
        ("K1001", "2024-03-09", "1", "", "", "-1"),
        ("K1001", "2024-03-10", "1", "12.00", "", "3"),
    ]
    reasons = ["too_many_cells", "too_many_cells", "cell_without_header", "repeated_header", "required", "not_whole"]
    outcomes = [*reasons, "number_scientific", "negative", ("K1001", "2024-03-10", 100)]
    return _case("rows", rows, outcomes, wide)


CASES = [_amounts(), _dates(), _codes(), _rows()]
