"""A notice's words in several languages, its clauses, and what changed between two versions. Pure.

Texts are kept as {language: text}. The notice's own language is always there; who reads another gets it where it was
written, else the notice's own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

SAME_CLAUSE = 0.5
"""Two texts as alike as this (difflib's ratio, 0 to 1) are one clause that was reworded."""
_PARAGRAPHS = re.compile(r"\n[ \t\u3000]*\n")
_WORD = re.compile(r"[A-Za-z0-9.,%¥$]+|\s+|.", re.DOTALL)


def said_in(texts: Mapping[str, str], language: str, own: str) -> str:
    """In a language, or in the notice's own; '' where nothing is written. Traditional and simplified Chinese stand in
    for each other before any other language does.
    """
    near = {"zh-hant": "zh-hans", "zh-hans": "zh-hant"}.get(language, "")
    return texts.get(language) or (texts.get(near) if near else "") or texts.get(own) or ""


def clauses_of(text: str) -> list[str]:
    """One a paragraph: paragraphs are parted by an empty line."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    found = (
        "\n".join(line.strip(" \t\u3000") for line in part.strip().splitlines()) for part in _PARAGRAPHS.split(lines)
    )
    return [one for one in found if one]


def joined(clauses: Sequence[str]) -> str:
    """What `clauses_of` takes apart again."""
    return "\n\n".join(clauses)


def keyed(before: Sequence[tuple[int, str]], texts: Sequence[str], highest: int = 0) -> list[int]:
    """A number for each text: that of the clause before which it is, unchanged or reworded; else a new one.

    before: (number, text) of the version before. Each number is given once, the most alike first; an unchanged text
    keeps its number whatever moved around it. highest: the last number ever given, so that none comes back for
    something else.
    """
    pairs = [
        (-SequenceMatcher(None, old, new, autojunk=False).ratio(), number, n)
        for number, old in before
        for n, new in enumerate(texts)
    ]
    given: dict[int, int] = {}
    for less, number, n in sorted(pairs):
        if -less >= SAME_CLAUSE and n not in given and number not in given.values():
            given[n] = number
    fresh = max([highest, *(number for number, _text in before)])
    found = []
    for n in range(len(texts)):
        if n not in given:
            fresh += 1
        found.append(given.get(n, fresh))
    return found


@dataclass(frozen=True, slots=True)
class Piece:
    """kind: same, gone or new."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class ClauseChange:
    """One clause in two versions. kind: same, changed, added or removed; moved: it stands in another place among those
    of both. pieces: word by word where it changed.
    """

    key: int
    kind: str
    moved: bool
    pieces: tuple[Piece, ...]


def differing(before: str, after: str) -> tuple[Piece, ...]:
    """Word by word, Chinese sign by sign; neighbours of one kind together."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    found: list[Piece] = []

    def add(kind: str, words: Sequence[str]) -> None:
        if words:
            found.append(Piece(kind, "".join(words)))

    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            add("same", old[a:b])
        else:
            add("gone", old[a:b])
            add("new", new[c:d])
    return tuple(found)


def changes(before: Sequence[tuple[int, str]], after: Sequence[tuple[int, str]]) -> list[ClauseChange]:
    """(number, text) of both versions; in the order of the later one, what was removed where it stood."""
    old, new = dict(before), dict(after)
    stay_old = [key for key, _text in before if key in new]
    stay_new = [key for key, _text in after if key in old]
    still = _longest_in_order(stay_old, stay_new)
    found = []
    for key, text in after:
        if key not in old:
            found.append(ClauseChange(key, "added", False, (Piece("new", text),)))
        elif old[key] == text:
            found.append(ClauseChange(key, "same", key not in still, (Piece("same", text),)))
        else:
            found.append(ClauseChange(key, "changed", key not in still, differing(old[key], text)))
    for n, (key, text) in enumerate(before):
        if key in new:
            continue
        above = [one for one, _text in before[:n]]
        at = max((i + 1 for i, one in enumerate(found) if one.key in above), default=0)
        found.insert(at, ClauseChange(key, "removed", False, (Piece("gone", text),)))
    return found


def _longest_in_order(one: Sequence[int], other: Sequence[int]) -> set[int]:
    blocks = SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    return {one[block.a + n] for block in blocks for n in range(block.size)}
