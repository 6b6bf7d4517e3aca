"""The search behind ⌘K: candidates from the table that searches read, ranked, and shown by their sources.

Exact before beginnings before words before parts before addresses before near misses; among equals tier A first, then
the larger seller. Near misses are looked for only where little was found.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connections, transaction
from django.db.models.expressions import RawSQL

from crm.listing.keyset import page
from crm.search import Group, Hit
from customers.finding.matching import LONG, Level, forgiven, level, likeness, marked, neighbours, trigrams
from customers.finding.sources import Shown, sources
from customers.profile.listing import found_by, order_of
from customers.profile.models import Customer
from customers.profile.searchentry import CUSTOMER, SearchEntry
from customers.profile.searching import asked

CANDIDATES = 300
"""Hits that are all ranked. Where there are more: so many of them, those that begin like it, the largest customers."""
LARGEST = 30
FEW = 4
"""With so few hits or less, none of them a word or the beginning of one, words that were typed wrong are looked for."""
NEAR = 80
"""Near misses that are measured."""
WHOLE = 20
"""Longer words have too many neighbours to look them all up; trigrams find them well."""
_TIERS = {"A": 0, "B": 1, "C": 2}


@dataclass(frozen=True, slots=True)
class Found:
    """An entry that answers. order: what it is ranked by, the smallest first."""

    kind: str
    ref_id: int
    text: str
    order: tuple


def groups(user, text: str, limit: int, kind: str = "") -> list[Group]:
    """The provider named in settings.SEARCH_PROVIDERS. Some six statements, whatever there is."""
    words = asked(text)
    if not words or (kind and kind not in sources()):
        return []
    entries = SearchEntry.objects.visible_to(user)
    if kind:
        entries = entries.filter(kind=kind)
    rows = _rows(entries.holding(words), CANDIDATES + 1)
    if len(rows) > CANDIDATES:
        rows += _rows(entries.beginning(words[0]).holding(words), CANDIDATES)
        if kind in ("", CUSTOMER):
            rows += _rows(entries.filter(kind=CUSTOMER, customer_id__in=_largest(user, text)), LARGEST)
    found = _ranked(rows, lambda one: level(words, one))
    typed_right = any(one.order[0] <= Level.WORD for one in found)
    if len(found) <= FEW and not typed_right:
        near = _ranked(_similar(entries, words), lambda one: _near(words, one))
        known = {(one.kind, one.ref_id) for one in found}
        found += [one for one in near if (one.kind, one.ref_id) not in known]
    return _shown(user, found, words, limit)


def _rows(entries, most: int) -> list[tuple]:
    """(kind, ref, text, tier, sales) of some entries; the standing is fetched for these rows only."""
    names = ("kind", "ref_id", "text", "customer__standing__tier", "customer__standing__w0")
    return list(entries.order_by().values_list(*names)[:most])


def _largest(user, text: str) -> list[int]:
    order, descending = order_of({})
    found = found_by(text, Customer.objects.visible_to(user).select_related("standing"))
    return [one.pk for one in page(found, order, descending, size=LARGEST).rows]


def _ranked(rows: Iterable[tuple], judge) -> list[Found]:
    best: dict[tuple[str, int], Found] = {}
    for kind, ref_id, text, tier, sales in rows:
        rank = judge(text)
        if rank is None:
            continue
        one = Found(kind, ref_id, text, (rank, _TIERS.get(tier, 3), -(sales or Decimal(0)), ref_id))
        known = best.get((kind, ref_id))
        if known is None or one.order < known.order:
            best[kind, ref_id] = one
    return sorted(best.values(), key=lambda one: one.order)


def _near(words: list[str], text: str) -> int | None:
    errors = likeness(words, text)
    return None if not errors else Level.SIMILAR + errors


# --- near misses ----------------------------------------------------------------------------------------------


def _similar(entries, words: list[str]) -> list[tuple]:
    """Candidates for words that hold errors; the others must be there as they are typed."""
    loose = [word for word in words if forgiven(word)]
    if not loose:
        return []
    entries = entries.holding([word for word in words if word not in loose])
    if entries.is_few or connections[entries.db].vendor != "postgresql":
        return _by_trigrams(entries, loose)
    rows = _by_neighbours(entries, loose) if max(map(len, loose)) <= WHOLE else []
    # Numbers and codes share most of their trigrams: only whole ones are led back to what was meant.
    if rows or any(char.isdigit() for word in loose for char in word) or not _has_trigrams(entries.db):
        return rows
    return _by_likeness(entries, loose)


_NEIGHBOURS = """
    SELECT found.id FROM unnest(CAST(%s AS text[])) AS word(gram) CROSS JOIN LATERAL (
        SELECT id FROM customers_searchentry WHERE qiao_grams(text) @> ARRAY[word.gram] LIMIT 50
    ) AS found LIMIT 1000
"""


def _by_neighbours(entries, words: list[str]) -> list[tuple]:
    """PostgreSQL: whole words one error away, each looked up in the index by itself.

    Asked for all at once, the planner takes hundreds of words, nearly all of which nobody has, for half the table.
    """
    for word in words:
        with connections[entries.db].cursor() as cursor:
            cursor.execute(_NEIGHBOURS, [[f"={one}" for one in (word, *neighbours(word))]])
            entries = entries.filter(pk__in=[pk for (pk,) in cursor.fetchall()])
    return _rows(entries, NEAR)


def _by_likeness(entries, words: list[str]) -> list[tuple]:
    """PostgreSQL: parts of run-together pinyin, by the share of trigrams."""
    for word in words:
        entries = entries.extra(where=["customers_searchentry.text %%> %s"], params=[word])
    # Two errors take eight of a word's trigrams at most. Less strict, a long word would be like all with its ending.
    least = min(max(0.5 if len(word) >= LONG else 0.4, 1 - 8 / (len(word) + 1)) for word in words)
    with _told(entries.db, {"pg_trgm.word_similarity_threshold": str(least)}):
        return _rows(entries, NEAR * 3)


@contextmanager
def _told(alias: str, values: dict[str, str]):
    """With settings of PostgreSQL's for this transaction only, or until the end of it when there is one around."""
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        changes = ", ".join(["set_config(%s, %s, true)"] * len(values))
        cursor.execute(f"SELECT {changes}", [part for pair in values.items() for part in pair])
        yield


def _by_trigrams(entries, words: list[str]) -> list[tuple]:
    """SQLite, and whoever sees few customers: those that share most runs of three letters, counted row by row."""
    runs = [run for word in words for run in trigrams(word)]
    place = "strpos" if connections[entries.db].vendor == "postgresql" else "instr"
    one = f"CASE WHEN {place}(customers_searchentry.text, %s) > 0 THEN 1 ELSE 0 END"
    shared = " + ".join([one] * len(runs))
    least = max(1, len(runs) // 3)
    scored = entries.annotate(shared=RawSQL(shared, runs)).filter(shared__gte=least)  # noqa: S611 - values are parameters
    names = ("kind", "ref_id", "text", "customer__standing__tier", "customer__standing__w0")
    return list(scored.order_by("-shared").values_list(*names)[:NEAR])


_extensions: dict[str, bool] = {}


def _has_trigrams(alias: str) -> bool:
    """Whether pg_trgm is there, asked once a process."""
    if alias not in _extensions:
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
            _extensions[alias] = cursor.fetchone() is not None
    return _extensions[alias]


# --- showing --------------------------------------------------------------------------------------------------


def _shown(user, found: list[Found], words: list[str], limit: int) -> list[Group]:
    made = []
    for kind, source in sources().items():
        mine = [one for one in found if one.kind == kind]
        if not mine:
            continue
        shown = source.show(user, [one.ref_id for one in mine[:limit]])
        hits = [_hit(one, shown[one.ref_id], words, source.icon) for one in mine[:limit] if one.ref_id in shown]
        made.append(Group(kind, source.label, tuple(hits), more=len(mine) > limit))
    return made


def _hit(one: Found, shown: Shown, words: list[str], icon: str) -> Hit:
    parts = marked(shown.title, words, one.text)
    why: Any = ""
    why_parts: tuple = ()
    if parts is None:
        for label, text in shown.texts:
            found = marked(text, words)
            if found is not None:
                why, why_parts = label, found
                break
    return Hit(
        pk=one.ref_id,
        url=shown.url,
        title=shown.title,
        meta=shown.meta,
        icon=icon,
        tier=shown.tier,
        parts=parts or ((shown.title, False),),
        why=why,
        why_parts=why_parts,
        similar=one.order[0] > Level.SIMILAR,
    )
