"""How well a text answers a search, what of it to mark, and which words are nearly the one typed. Pure.

Texts are those of `profile.searching.search_text` (" s1 张三鲜 0211 zhangsanxian zsx / 杭州市 "), words those of
`profile.searching.asked`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from enum import IntEnum
from functools import lru_cache
from itertools import pairwise

from customers.profile.searching import BEHIND

SHORTEST = 4
"""Shorter words are not corrected: nearly everything is one letter away from them."""
LONGEST = 40
LONG = 8
"""From this length on two errors are forgiven, below it one."""
_LATIN = re.compile(r"[a-z0-9]+\Z")
_CHINESE = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")


class Level(IntEnum):
    """From best to worst."""

    EXACT = 0  # one of the text's words, whole
    PREFIX = 1  # how one of them begins
    WORD = 2  # several words, each whole or the beginning of one
    PART = 3  # anywhere inside
    PLACE = 4  # in the address only
    SIMILAR = 5  # with typing errors


def level(words: Sequence[str], text: str) -> Level | None:
    """How the text answers; None when a word is missing."""
    own, _slash, _place = text.partition(BEHIND)
    own = f"{own.rstrip()} "
    whole = " ".join(words)
    if f" {whole} " in own:
        return Level.EXACT
    if f" {whole}" in own:
        return Level.PREFIX
    found = [word in own for word in words]
    if not all(found):
        return Level.PLACE if all(word in text for word in words) else None
    return Level.WORD if len(words) > 1 and all(f" {word}" in own for word in words) else Level.PART


# --- typing errors --------------------------------------------------------------------------------------------


def forgiven(word: str) -> int:
    """How many errors of typing a word may hold; 0 for one that is not corrected (Chinese, too short or long)."""
    if not _LATIN.match(word) or not SHORTEST <= len(word) <= LONGEST:
        return 0
    return 2 if len(word) >= LONG else 1


def distance(one: str, other: str, most: int) -> int | None:
    """Letters added, left out, mistaken, or exchanged with their neighbour; None when more than `most`.

    Optimal string alignment (Damerau 1964, restricted).
    """
    return _aligned(one, other, most, inside=False)


def nearest(word: str, text: str, most: int) -> int | None:
    """The distance of a word to that part of a longer text that is most like it; None when more than `most`."""
    return _aligned(word, text, most, inside=True)


def _aligned(one: str, other: str, most: int, *, inside: bool) -> int | None:
    """Myers' bit vectors with the transpositions of Hyyrö 2003: a column of the table is two integers, not a list.

    Bit i of `rises` (`falls`): the i-th letter's row costs one more (less) than the row above it.
    """
    if not one:
        return 0 if inside else len(other) if len(other) <= most else None
    if not inside and abs(len(one) - len(other)) > most:
        return None
    where = _positions(one)
    every = (1 << len(one)) - 1
    last = 1 << (len(one) - 1)
    rises, falls, same, before = every, 0, 0, 0
    cost = best = len(one)
    for letter in other:
        here = where.get(letter, 0)
        swapped = ((~same & here) << 1) & before
        same = swapped | (((here & rises) + rises) ^ rises) | here | falls
        up = falls | (~(same | rises) & every)
        down = same & rises
        if up & last:
            cost += 1
        elif down & last:
            cost -= 1
        if cost < best:
            best = cost
        up = up << 1 if inside else up << 1 | 1
        rises = ((down << 1) | ~(same | up)) & every
        falls = up & same & every
        before = here
    found = best if inside else cost
    return found if found <= most else None


@lru_cache(maxsize=64)
def _positions(word: str) -> dict[str, int]:
    """Letter to the bits of where it stands."""
    found: dict[str, int] = {}
    for at, letter in enumerate(word):
        found[letter] = found.get(letter, 0) | 1 << at
    return found


def neighbours(word: str) -> list[str]:
    """Every word that one error away could have been meant, in the same kind of letters."""
    letters = "0123456789" if word.isdigit() else "abcdefghijklmnopqrstuvwxyz"
    if any(char.isdigit() for char in word) and not word.isdigit():
        letters = "0123456789" + "".join(sorted({char for char in word if char.isalpha()}))
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    found = {head + tail[1:] for head, tail in cuts if tail}
    found |= {head + tail[1] + tail[0] + tail[2:] for head, tail in cuts if len(tail) > 1}
    found |= {head + letter + tail[1:] for head, tail in cuts if tail for letter in letters}
    found |= {head + letter + tail for head, tail in cuts for letter in letters}
    return sorted(found - {word})


def trigrams(word: str) -> list[str]:
    """Runs of three letters, the first of them with the space that words begin after."""
    padded = f" {word}"
    return sorted({padded[at : at + 3] for at in range(len(padded) - 2)})


def likeness(words: Sequence[str], text: str) -> int | None:
    """How far the words lie from a text: 0 for those found, None beyond what is forgiven.

    Every error counts two, and one more where no word of the text begins like it: errors seldom hit the first letter.
    """
    own = text.partition(BEHIND)[0]
    errors = 0
    for word in words:
        if word in text:
            continue
        most = forgiven(word)
        if not most:
            return None
        latin = [part for part in own.split() if len(part) >= SHORTEST - 1 and _LATIN.match(part)]
        near = [2 * found + (part[0] != word[0]) for part in latin if (found := nearest(word, part, most)) is not None]
        if not near:
            return None
        errors += min(near)
    return errors


# --- marking --------------------------------------------------------------------------------------------------

Parts = tuple[tuple[str, bool], ...]
"""A text in pieces, each with whether it is marked; joined they are the text."""


def marked(text: str, words: Sequence[str], entry: str = "") -> Parts | None:
    """The text with what was found in it marked; None when nothing of it was.

    entry: the search text it belongs to, by which pinyin and initials are led back to the characters they stand for.
    """
    plain, origin = _plain(text)
    digits = [at for at, char in enumerate(plain) if char.isdigit()]
    number = "".join(plain[at] for at in digits)
    on: set[int] = set()
    for word in words:
        for begin in _places(plain, word):
            on |= {origin[at] for at in range(begin, begin + len(word))}
        if word.isdigit() and len(word) > 2 and word not in plain:
            for begin in _places(number, word):
                first, last = digits[begin], digits[begin + len(word) - 1]
                on |= {origin[at] for at in range(first, last + 1)}
        on |= _spoken(text, word, entry)
    return _pieces(text, on) if on else None


def _plain(text: str) -> tuple[str, list[int]]:
    """The text as searches see it, letter by letter, and for each letter where in the text it stands."""
    plain, origin = [], []
    for at, char in enumerate(text):
        for letter in unicodedata.normalize("NFKC", char).lower():
            plain.append(letter)
            origin.append(at)
    return "".join(plain), origin


def _places(text: str, word: str) -> Iterator[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + 1)


def _spoken(text: str, word: str, entry: str) -> set[int]:
    """The characters whose pinyin or initials a word is."""
    if not (word.isascii() and word.isalpha()):
        return set()
    chars = [at for at, char in enumerate(text) if _CHINESE.match(char)]
    tokens = entry.partition(BEHIND)[0].split()
    for whole, initials in pairwise(tokens):
        if not (chars and len(initials) == len(chars) and initials.isascii() and initials.isalpha()):
            continue
        if word in initials:
            begin = initials.index(word)
            return set(chars[begin : begin + len(word)])
        ends = _syllables(whole, initials)
        if ends and word in whole:
            begin = whole.index(word)
            starts = [0, *ends[:-1]]
            return {
                chars[n]
                for n, (start, end) in enumerate(zip(starts, ends, strict=True))
                if start < begin + len(word) and end > begin
            }
    return set()


def _syllables(whole: str, initials: str) -> list[int]:
    """Where each syllable of run-together pinyin ends, given their first letters; empty when they do not fit."""
    parts = "".join(f"({re.escape(letter)}h?[aeiouv]*(?:ng|n|r|m)?)" for letter in initials[:60])
    found = re.fullmatch(parts, whole)
    return [found.end(n) for n in range(1, len(initials) + 1)] if found else []


def _pieces(text: str, on: set[int]) -> Parts:
    found: list[tuple[str, bool]] = []
    for at, char in enumerate(text):
        mark = at in on
        if found and found[-1][1] == mark:
            found[-1] = (found[-1][0] + char, mark)
        else:
            found.append((char, mark))
    return tuple(found)
