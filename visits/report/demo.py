"""The demo company's reports: of most visits that were made, told with a contact like any other."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from random import Random

from django.utils import timezone

from crm.accounts.models import User
from customers.contacts.models import Channel, Contact
from visits.plan.models import PlannedVisit, State
from visits.report.models import VisitReport

SHARE = 0.7
# what they said, what they did not see, what was solved on the spot, for them to read, mood before and after
SAID = (
    (
        "说浅色款卖得快，补货总慢一步。",
        "库房里还压着两箱去年的款没上架。",
        "当场教店长用补货单，两箱上了花车。",
        "浅色款的补货单已提交，预计三天内到货。",
        3,
        4,
    ),
    (
        "抱怨隔壁店在打折，客人都被拉走。",
        "橱窗的灯坏了一半，晚上看不清。",
        "换了两支灯管，陈列按图重摆。",
        "橱窗已重新陈列，请晚上把灯全部打开。",
        2,
        4,
    ),
    ("新来的导购还不会连带。", "试衣间门口没有搭配样。", "和导购一起演练了半小时。", "", 3, 4),
    ("对返利算法还有疑问。", "", "把上季返利一条条算给他看。", "返利明细已留在店里，有问题随时联系我。", 2, 3),
    ("生意平稳，没有什么要说的。", "", "", "", 3, 3),
)
STEPS = ("下次带新款画册", "周五电话问补货到了没有", "")


def tell(story, staff: Mapping[str, User], manager_of: Mapping[str, User]) -> None:
    """Written in bulk, like what else is told of these weeks. story: customers.demo.loading.Story."""
    told = []
    for visit in PlannedVisit.objects.filter(state=State.DONE, is_reported=False).order_by("pk"):
        random = Random(f"report {story.seed} {visit.pk}")
        if random.random() < SHARE:
            told.append((visit, random, random.choice(SAID)))
    contacts = Contact.objects.bulk_create([_contact(*one) for one in told], batch_size=500)
    reports = [
        _report(visit, contact, random, said) for (visit, random, said), contact in zip(told, contacts, strict=True)
    ]
    VisitReport.objects.bulk_create(reports, batch_size=500)
    for contact in contacts:
        contact.created_at = contact.happened_at + datetime.timedelta(hours=1)
    Contact.objects.bulk_update(contacts, ["created_at"], batch_size=500)
    PlannedVisit.objects.filter(pk__in=[visit.pk for visit, *_rest in told]).update(is_reported=True)


def _contact(visit: PlannedVisit, random: Random, said: tuple) -> Contact:
    listened, _found, _solved, _shared, before, after = said
    time = visit.starts_at or datetime.time(random.randrange(9, 17))
    step = random.choice(STEPS)
    return Contact(
        customer_id=visit.customer_id,
        by_id=visit.visitor_id,
        happened_at=timezone.make_aware(datetime.datetime.combine(visit.day, time)),
        channel=Channel.VISIT,
        mood_before=before,
        mood_after=after,
        text=listened,
        next_step=step,
        next_on=visit.day + datetime.timedelta(days=14) if step else None,
        asked_nothing=not step,
        link=f"/visits/{visit.pk}/report/",
    )


def _report(visit: PlannedVisit, contact: Contact, random: Random, said: tuple) -> VisitReport:
    _listened, found, solved, shared, _before, _after = said
    return VisitReport(
        visit=visit,
        contact=contact,
        by_id=visit.visitor_id,
        minutes=max(5, visit.minutes + random.choice((-10, 0, 0, 15))),
        found=found,
        solved=solved,
        shared=shared,
        filed_at=visit.ended_at,
    )
