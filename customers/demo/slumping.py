"""The demo company's slumps: found by the rule itself in what was sold; managers called about some of them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random

from django.utils import timezone

from crm.accounts.models import User
from customers.demo.company import Client
from customers.slumps.detecting import detect, progress_of
from customers.slumps.models import Kind, SlumpAlert, SlumpCause, State

# cause, what was heard
HEARD = (
    ("out_of_stock", "热卖款断码快两周了，补货单催了两次没到。"),
    ("rival_promotion", "隔壁店满 300 减 100，周末人都过去了。"),
    ("not_on_the_floor", "活动海报到了没贴，导购说没人交代过怎么卖。"),
    ("staff_left", "两个老导购一起走了，新来的还不熟货。"),
    ("road_works", "门口修路围挡，车停不下来，客人绕着走。"),
    ("family", "老板父亲住院，这几天都是店员看店。"),
    ("weather", "连着下雨，街上没人。"),
    ("after_promotion", "上次大促把货都囤下了，这周自然少。"),
)
UNTOUCHED = 3
NOW = 4


def some_now(clients: Sequence[Client], end: datetime.date) -> list[Client]:
    """Of a small company chance may leave nobody in a slump: the first few steady shops are."""
    told, lacking = list(clients), NOW - sum(_is_in_one(one, end) for one in clients)
    for n, one in enumerate(told):
        if lacking > 0 and _may(one, end) and not _is_in_one(one, end):
            first = end - datetime.timedelta(days=4 + lacking)
            told[n] = replace(one, slumps=(*one.slumps, (first, 12, 0.4 + 0.04 * lacking)))
            lacking -= 1
    return told


def _may(one: Client, end: datetime.date) -> bool:
    old = (end - one.opened_on).days > 400
    return one.state == "active" and not one.agent and not one.last_sale and one.scatter < 0.2 and old


def _is_in_one(one: Client, end: datetime.date) -> bool:
    return one.state == "active" and any((end - first).days < 9 for first, _length, _lost in one.slumps)


def find(end: datetime.date, seed: int, manager_of: Mapping[int, User]) -> int:
    """manager_of: by customer. The latest few wait for a call; of the others most were called, many with a cause."""
    detect(as_of=end)
    causes = dict(SlumpCause.objects.values_list("code", "pk"))
    random = Random(f"slumps {seed}")
    alerts = list(SlumpAlert.objects.filter(kind=Kind.SLUMP).order_by("-third_day", "-pk").defer("evidence"))
    on = [one for one in alerts if one.closed_on is None]
    changed = []
    for one in alerts:
        chance, hours, (code, heard) = random.random(), random.random() * 40, random.choice(HEARD)
        if one in on[:UNTOUCHED] or chance < 0.2 or one.customer_id not in manager_of:
            continue
        evening = timezone.make_aware(datetime.datetime.combine(one.third_day, datetime.time(19)))
        called = evening + datetime.timedelta(hours=hours)
        if called.date() > end:
            continue
        one.called_at, one.called_by = called, manager_of[one.customer_id]
        if chance > 0.35:
            one.cause_id, one.note = causes[code], heard
            one.diagnosed_at, one.diagnosed_by = called, one.called_by
        one.state = State.RECOVERED if one.closed_on else progress_of(one)
        changed.append(one)
    fields = ["called_at", "called_by", "cause", "note", "diagnosed_at", "diagnosed_by", "state"]
    SlumpAlert.objects.bulk_update(changed, fields, batch_size=500)
    return len(alerts)
