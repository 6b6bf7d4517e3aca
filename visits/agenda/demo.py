"""What the demo company's customers said before visits: times they confirmed or cannot make, points to speak of."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from random import Random

from django.utils import timezone

from crm.accounts.models import User
from crm.workdays import next_working_day
from visits.agenda.models import AgendaPoint, Says, TimeAnswer
from visits.plan.models import PlannedVisit

POINTS = (
    "想看看新款的样衣",
    "三月的返利什么时候到账",
    "店长想参加陈列培训",
    "隔壁店在打八折，我们怎么办",
    "退货的两箱还没登记",
)
WORDS = ("那天要去总部开会", "当天盘点，人手不够", "")


def tell(story, staff: Mapping[str, User], manager_of: Mapping[str, User]) -> None:
    """Of the visits of `visits.plan.demo` that were agreed. Written in bulk."""
    visits = list(PlannedVisit.objects.planned().filter(is_agreed=True, day__gt=story.end).order_by("pk"))
    random = Random(f"agenda {story.seed}")
    moment = timezone.make_aware(datetime.datetime.combine(story.end, datetime.time(20, 10)))
    points, answers = [], []
    for visit in visits:
        for text in random.sample(POINTS, random.choice((0, 0, 1, 2))):
            points.append(AgendaPoint(visit=visit, text=text, at=moment))
        what = random.random()
        if what > 0.6:
            continue
        answer = TimeAnswer(visit=visit, says=Says.YES, day=visit.day, starts_at=visit.starts_at, at=moment)
        if what < 0.1:
            answer.says, answer.text = Says.NO, random.choice(WORDS)
            answer.proposed_on, answer.proposed_at = next_working_day(visit.day), datetime.time(10)
        answers.append(answer)
    AgendaPoint.objects.bulk_create(points, batch_size=500)
    TimeAnswer.objects.bulk_create(answers, batch_size=500)
