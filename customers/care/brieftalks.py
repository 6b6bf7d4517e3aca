"""What a brief tells of promises by either side, of contacts, moods and common ground. Private contacts never."""

from __future__ import annotations

import datetime

from django.utils.timezone import localdate

from customers.care.brieflines import line
from customers.care.briefparts import MOST, Parts
from customers.contacts import reading as talks
from customers.promises import reading as promising

CONTACTS = 5
LONGEST = 200


def promises(ids: list[int]) -> Parts:
    """The open ones of both sides, the next due first."""
    return {
        pk: {
            "key": "promises",
            "lines": [
                line("commitment", side=one.side, what=one.text, who=str(one.owner or ""), day=one.due_on)
                for one in found
            ],
        }
        for pk, found in promising.open_of_many(ids, MOST).items()
    }


def contacts(ids: list[int]) -> list[Parts]:
    """The last ones, and how the customers felt in them."""
    told: Parts = {}
    moods: Parts = {}
    for pk, found in talks.latest_of_many(ids, CONTACTS).items():
        for one in found:
            day = localdate(one.happened_at)
            text = " ".join(one.text.split())[:LONGEST]
            kept = line("contact", day=day, who=str(one.by or "Qiao"), channel=one.channel, text=text)
            told.setdefault(pk, {"key": "contacts", "lines": []})["lines"].append(kept)
            if one.mood is not None:
                kept = line("felt", day=day, before=one.mood_before, after=one.mood_after)
                moods.setdefault(pk, {"key": "mood", "lines": []})["lines"].append(kept)
    return [moods, told]


def ground(ids: list[int], day: datetime.date) -> list[Parts]:
    """What to begin a talk with, the longest unused first; and what better not."""
    begin: Parts = {}
    avoid: Parts = {}
    for pk, found in talks.shared_of_many(ids, day).items():
        if found.usable:
            lines = [line("topic", text=one.text, who=one.person.name if one.person else "") for one in found.usable]
            begin[pk] = {"key": "common", "lines": lines[:MOST]}
        if found.avoid:
            lines = [
                line("better_not", text=one.text, who=one.person.name if one.person else "") for one in found.avoid
            ]
            avoid[pk] = {"key": "avoid", "lines": lines[:MOST]}
    return [begin, avoid]
