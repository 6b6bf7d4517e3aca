"""The worked example of docs/scores.md, and its tables of weights."""

import re
from datetime import date
from pathlib import Path

from customers.scores import cooperation
from customers.scores.telling import points
from customers.scores.terms import WEIGHTS, Event

AS_OF = date(2026, 6, 30)
TEXT = (Path(__file__).resolve().parents[2] / "docs" / "scores.md").read_text(encoding="utf-8")


def tables():
    found, rows = [], []
    for line in [*TEXT.splitlines(), ""]:
        if line.startswith("|"):
            rows.append([cell.strip().strip("`") for cell in line.strip("|").split("|")])
        elif rows:
            found.append([rows[0], *rows[2:]])
            rows = []
    return found


def test_the_weights():
    cooperation_table, *_rest, loyalty_table = tables()
    assert {row[0]: int(row[1]) for row in cooperation_table[1:]} == WEIGHTS["cooperation"]
    assert {row[0]: int(row[1]) for row in loyalty_table[1:]} == WEIGHTS["loyalty"]


def test_the_worked_example():
    evidence, result = tables()[1:3]
    shares = dict(re.findall(r"(?:keeps|and) (\d+) % of (promotion|payment)s", TEXT))
    events = []
    for kind, kept, of, month, _decay, _weight in evidence[1:]:
        on = date.fromisoformat(f"{month}-01")
        events += [Event(kind, 100, on)] * int(kept) + [Event(kind, 0, on)] * (int(of) - int(kept))
    found = cooperation.score(events, {kind: int(share) for share, kind in shares.items()}, AS_OF)
    told = dict(result[1:])
    for one in found.components:
        assert told[f"{one.kind}: Σ decay · kept"] == f"{one.facts['good'] / 100_000_000:g}"
        assert told[f"{one.kind}: Σ decay"] == f"{one.facts['decay'] / 1_000_000:g}"
        rate = cooperation.rate_of(cooperation.tally(events, AS_OF)[one.kind], one.facts["share"])
        assert told[f"{one.kind}: p"] == f"{float(rate):.4f}"
        assert told[f"{one.kind}: points"] == f"{one.points / 100:.2f}"
    assert told["cooperation"] == f"{found.value / 100:.2f}"
    assert told["at least, with 80 % certainty"] == f"{found.lower / 100:.2f}"
    assert told["high"] == ("yes" if found.high else "no")
    assert points(found.value) == "77.3"
