"""Visits as iCalendar (RFC 5545): what a calendar program needs, and nothing that was written about a customer.

A visit keeps its UID for ever; SEQUENCE grows with every change, so that programs replace what they have; one called
off stays with STATUS:CANCELLED. Times carry the company's zone with its VTIMEZONE; a visit without a time is a day.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from icalendar import Event

PRODUCT = "-//Qiao//Visits//EN"
REFRESH = datetime.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Entry:
    """starts_at: None where only the day is known. state: planned, done or cancelled."""

    id: int
    version: int
    state: str
    agreed: bool
    day: datetime.date
    starts_at: datetime.time | None
    minutes: int
    title: str
    place: str
    url: str
    planned_at: datetime.datetime


def uid_of(pk: int) -> str:
    return f"visit-{pk}@visits.qiao"


def calendar(entries: Iterable[Entry], *, name: str, zone: str, now: datetime.datetime) -> bytes:
    """zone: of the IANA. now: with a zone."""
    from icalendar import Calendar  # noqa: PLC0415 - slow to load; most processes make none

    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", name)
    made.add("x-wr-timezone", zone)
    made.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", "PT1H")
    for one in entries:
        made.add_component(_event(one, ZoneInfo(zone), now))
    made.add_missing_timezones()
    return made.to_ical()


def _event(one: Entry, zone: ZoneInfo, now: datetime.datetime) -> Event:
    from icalendar import Event  # noqa: PLC0415 - as above

    event = Event()
    event.add("uid", uid_of(one.id))
    event.add("sequence", one.version)
    event.add("dtstamp", now.astimezone(datetime.UTC))
    event.add("created", one.planned_at.astimezone(datetime.UTC))
    if one.starts_at is None:
        event.add("dtstart", one.day)
        event.add("dtend", one.day + datetime.timedelta(days=1))
        event.add("transp", "TRANSPARENT")
    else:
        start = datetime.datetime.combine(one.day, one.starts_at, zone)
        event.add("dtstart", start)
        event.add("dtend", start + datetime.timedelta(minutes=one.minutes))
    event.add("summary", one.title)
    if one.place:
        event.add("location", one.place)
    event.add("url", one.url)
    event.add("status", status_of(one))
    event.add("class", "PRIVATE")
    return event


def status_of(one: Entry) -> str:
    if one.state == "cancelled":
        return "CANCELLED"
    return "TENTATIVE" if one.state == "planned" and not one.agreed else "CONFIRMED"
