"""The demo company's rhythms and days off: some customers have one of their own, some are called, everybody is away."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from random import Random

from crm.accounts.models import User
from crm.workdays import next_working_day
from customers.profile.models import Customer
from visits.plan.cadence import rhythm_of
from visits.plan.rhythm_models import BusyDay, CadenceOverride, CountingRule, VisitorPace

# days, whether calls keep it, why
WORDS = (
    (10, False, "新开业，头三个月多去。"),
    (21, False, "老板常驻外地，约好三周一次。"),
    (45, True, "路远单小，先用电话跟。"),
    (5, False, "正在换季陈列，每周都要看。"),
)
OWN = 12
"""So many customers have a rhythm of their own."""
A_MONTH = datetime.timedelta(days=30)


def tell(story, staff: Mapping[str, User], manager_of: Mapping[str, User]) -> None:
    """After the visits. story: customers.demo.loading.Story."""
    random = Random(f"rhythms {story.seed}")
    active = [one.code for one in story.clients if one.state == "active"]
    codes = random.sample(active, min(OWN, len(active)))
    ids = dict(Customer.objects.filter(code__in=codes).values_list("code", "pk"))
    by = {one.code: manager_of[one.city.province] for one in story.clients if one.code in ids}
    made = []
    for n, code in enumerate(codes):
        days, by_call, reason = WORDS[n % len(WORDS)]
        usual = rhythm_of(days)
        made.append(
            CadenceOverride(
                customer_id=ids[code],
                days=days,
                least_days=usual.least,
                most_days=usual.most,
                by_call=by_call,
                reason=reason,
                since=story.end - A_MONTH,
                until=story.end + 3 * A_MONTH if n % 2 else None,
                made_by=by[code],
            )
        )
    CadenceOverride.objects.bulk_create(made)
    # The brand lets calls count for C.
    CountingRule.objects.filter(source="contact", kind="call", tier="C").update(is_active=True)
    people = sorted({user.pk: user for user in manager_of.values()}.values(), key=lambda user: user.username)
    BusyDay.objects.bulk_create([one for user in people for one in _days(user, story.end)])
    VisitorPace.objects.bulk_create(
        [VisitorPace(person=user, there=50 + 5 * (n % 3), travel=30 + 10 * (n % 2)) for n, user in enumerate(people)]
    )


def _days(user: User, end: datetime.date) -> list[BusyDay]:
    """A week of leave, a fair two days long, and half a day of meeting."""
    kinds, parts = BusyDay.Kind, BusyDay.Part
    leave = next_working_day(end + A_MONTH)
    fair = next_working_day(end + 2 * A_MONTH)
    meeting = next_working_day(end + datetime.timedelta(days=7))
    day = datetime.timedelta(days=1)
    return [
        BusyDay(person=user, first=leave, last=leave + 6 * day, kind=kinds.LEAVE, note="年假", made_by=user),
        BusyDay(person=user, first=fair, last=fair + day, kind=kinds.TRAVEL, note="订货会", made_by=user),
        BusyDay(
            person=user, first=meeting, last=meeting, kind=kinds.MEETING, part=parts.MORNING, note="月会", made_by=user
        ),
    ]
