"""The brief that goes with a customer to its new manager.

A brief is a list of sections `{"key", "lines": […], "facts": [{"field", "fact"}], "questions": [field]}`. Its lines are
codes and values (brieflines.py), said in the language of whoever reads them. Sensitive facts are named by field and key
only: their values are looked up when the brief is read, by who may. Private notes never come near it.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.audit.actions import HIDDEN
from crm.clock import today
from customers.care import briefparts, brieftalks
from customers.care.brieflines import line, said
from customers.care.models import Note
from customers.facts import reading as knowing
from customers.facts.actions import read_fact
from customers.facts.fields import ASKABLE, FIELDS
from customers.facts.models import Fact
from customers.facts.rights import may_reveal
from customers.facts.words import shown
from customers.people.private import never_sees_private
from customers.profile.models import Customer, SpecialCare
from customers.tiers import reading as tiers
from customers.tiers.models import TierStanding

NOTES = 5
QUESTIONS = 5
TITLES = {
    "promises": gettext_lazy("Open promises"),
    "people": gettext_lazy("People"),
    "common": gettext_lazy("Common ground and what they value"),
    "avoid": gettext_lazy("What to avoid"),
    "mood": gettext_lazy("Mood lately"),
    "contacts": gettext_lazy("Last contacts"),
    "special": gettext_lazy("Special customer"),
    "tier": gettext_lazy("Tier and the way up"),
    "money": gettext_lazy("Open money"),
    "notes": gettext_lazy("Last notes"),
    "ask": gettext_lazy("Worth asking"),
}
COMMON = ("interests", "values_most", "family", "personality", "connections")
AVOID = ("avoid",)
_DELICATE = ("better_not",)
"""Lines that analysts and programs are not told."""

Section = dict[str, Any]
Parts = dict[int, Section]
"""Of one section: what each customer has of it, by the customer's id; who has nothing is missing."""


def build(customers: Sequence[Customer]) -> dict[int, list[Section]]:
    """{customer id: sections}; a few statements however many customers."""
    day = today()
    ids = [one.pk for one in customers]
    standings = {row.customer_id: row for row in TierStanding.objects.filter(customer_id__in=ids)}
    facts: dict[int, dict[str, Fact]] = defaultdict(dict)
    for fact in Fact.objects.current().filter(customer_id__in=ids).exclude(value="").order_by("pk"):
        facts[fact.customer_id][fact.field] = fact
    told: list[Parts] = [
        brieftalks.promises(ids),
        *brieftalks.ground(ids, day),
        *brieftalks.contacts(ids),
        briefparts.people(ids, day),
        briefparts.promises(ids, day),
        briefparts.money(ids, day),
        _of_facts("common", COMMON, facts),
        _of_facts("avoid", AVOID, facts),
        *_of_notes(ids),
        _special(ids, day),
        _tier(standings),
        _questions(customers, standings, facts, day),
    ]
    order = list(TITLES)
    found: dict[int, list[Section]] = {pk: [] for pk in ids}
    for parts in told:
        for pk, section in parts.items():
            _put(found[pk], section)
    for sections in found.values():
        sections.sort(key=lambda section: order.index(section["key"]))
    return found


def _put(sections: list[Section], more: Section) -> None:
    """Two parts that tell of the same stand in one section."""
    for one in sections:
        if one["key"] == more["key"]:
            one["lines"] += more["lines"]
            if "facts" in more:
                one.setdefault("facts", []).extend(more["facts"])
            return
    sections.append(more)


def _of_facts(key: str, names: Sequence[str], facts: dict[int, dict[str, Fact]]) -> Parts:
    found: Parts = {}
    for pk, known in facts.items():
        section: Section = {"key": key, "lines": [], "facts": []}
        for name in names:
            if name not in known:
                continue
            if FIELDS[name].sensitive:
                section["facts"].append({"field": name, "fact": known[name].pk})
            else:
                section["lines"].append(line("fact", field=name, value=known[name].text))
        if section["lines"] or section["facts"]:
            found[pk] = section
    return found


def _of_notes(ids: list[int]) -> list[Parts]:
    """The last notes that everybody may read, and how the customers felt in them."""
    place = Window(RowNumber(), partition_by=["customer_id"], order_by=[F("at").desc(), F("pk").desc()])
    rows = Note.objects.open().filter(customer_id__in=ids).annotate(place=place).filter(place__lte=NOTES)
    notes: Parts = {}
    moods: Parts = {}
    for one in rows.select_related("written_by").order_by("customer_id", "place"):
        day, who = one.at.date(), str(one.written_by or "Qiao")
        told = line("note", day=day, who=who, text=one.text)
        notes.setdefault(one.customer_id, {"key": "notes", "lines": []})["lines"].append(told)
        if one.mood is not None:
            told = line("mood", day=day, mood=one.mood)
            moods.setdefault(one.customer_id, {"key": "mood", "lines": []})["lines"].append(told)
    return [moods, notes]


def _special(ids: list[int], day: datetime.date) -> Parts:
    rows = SpecialCare.objects.open().filter(customer_id__in=ids).select_related("user")
    return {
        one.customer_id: {
            "key": "special",
            "lines": [
                line("special", person=str(one.user), day=one.since, reason=one.reason),
                line("review", day=one.review_on, rule=one.exit_rule),
            ],
        }
        for one in rows
    }


def _tier(standings: dict[int, TierStanding]) -> Parts:
    now = tiers.state()
    found: Parts = {}
    for pk, one in standings.items():
        lines = [line("tier", tier=one.tier, sales=one.w0)]
        lacking = tiers.lacking_for_a(one, now)
        if one.tier != "A" and lacking is not None:
            lines.append(line("lacking", amount=lacking))
        found[pk] = {"key": "tier", "lines": lines}
    return found


def _questions(customers, standings, facts, day) -> Parts:
    found: Parts = {}
    owned = knowing.owned([one.pk for one in customers], day)
    for one in customers:
        tier = getattr(standings.get(one.pk), "tier", "")
        gaps = knowing.completeness(one, tier, facts.get(one.pk, {}), day, owner=one.pk in owned).gaps
        # By field: who reads it reads the questions in their own language.
        wanted = [gap.key for gap in gaps if gap.key in ASKABLE][:QUESTIONS]
        if wanted:
            found[one.pk] = {"key": "ask", "lines": [], "questions": wanted}
    return found


# --- reading --------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Shown:
    """A section as a person reads it. masked: whether something in it may be asked for."""

    key: str
    title: Any
    lines: list[str] = field(default_factory=list)
    masked: bool = False


def read(
    customer: Customer,
    sections: list[Section],
    user,
    *,
    reveal: bool = False,
    may_ask: bool = True,
    why: str | None = None,
) -> tuple[list[Shown], bool]:
    """The sections for a person, and whether there is something sensitive that they may ask for.

    customer came through `visible_to(user)`. reveal: show it, and write down each reading with why it was read.
    may_ask: False where nobody can ask, which spares looking at the rights: no statement then.
    """
    keys = [one["fact"] for section in sections for one in section.get("facts", ())]
    allowed = may_ask and bool(keys) and may_reveal(user, customer)
    facts = {}
    if reveal and allowed:
        rows = Fact.objects.filter(customer=customer, pk__in=keys, erased_at__isnull=True)
        facts = {one.pk: one for one in rows.select_related("customer") if not one.is_over(today())}
    found, hides = [], never_sees_private(user)
    for section in sections:
        kept = [
            one for one in section["lines"] if not (hides and isinstance(one, dict) and one.get("say") in _DELICATE)
        ]
        told = Shown(section["key"], TITLES.get(section["key"], ""), [said(one) for one in kept])
        told.lines = [text for text in told.lines if text]
        told.lines += [str(ASKABLE[name].question) for name in section.get("questions", ()) if name in ASKABLE]
        for one in section.get("facts", ()):
            known = FIELDS.get(one["field"])
            if known is None:
                continue
            value = HIDDEN
            if one["fact"] in facts:
                value = shown(known, read_fact(fact=facts[one["fact"]], by=user, why=why or _("handover brief")))
            else:
                told.masked = True
            told.lines.append(_("%(field)s: %(value)s") % {"field": known.label, "value": value})
        if told.lines:
            found.append(told)
    return found, allowed and not facts
