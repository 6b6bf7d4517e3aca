"""The demo company's issues: of the last half year, told and found, most of them solved, some late, one disputed."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from random import Random

from django.db import connection, transaction
from django.utils import timezone

from crm.accounts.models import User
from crm.appendonly import lifted_for
from customers.issues import actions, pausing, sharing
from customers.issues.checking import tier_of
from customers.issues.jobs import escalate
from customers.issues.models import Issue, IssueStep, Origin, State
from customers.issues.rulemodels import IssueCause
from customers.issues.rules import start_moment, terms_now, work_clock
from customers.issues.terms import due
from customers.profile.models import Customer

# category, title, what happened, how it was solved, severity
STORIES = (
    (
        "supply",
        "旺季断货三天",
        "周末主推款没有货，客人白跑了几趟。",
        "仓库加了一次周四的补货，安全库存提到两周。",
        3,
    ),
    ("supply", "到货少了两箱", "清点时少两箱，物流单上写的是齐的。", "和仓库对了监控，两箱当天补发。", 2),
    (
        "price",
        "网上卖得比店里便宜",
        "同款网店满减后低了一成。",
        "总部下架了那家网店，给了一周的价保。",
        4,
    ),
    ("promotion", "活动物料没到", "活动第一天海报和赠品都没到。", "同城闪送补到，活动顺延两天。", 3),
    ("promotion", "赠品的数不够", "前两天就送完了，后面的客人有意见。", "按销量追加了八十份。", 2),
    ("service", "换货等了半个月", "瑕疵品寄回去，半个月没有消息。", "改成先换后退，三天内到店。", 2),
    ("support", "导购培训一直没排上", "新来的两个导购不会讲新品。", "区域讲师下周二到店讲了一天。", 1),
    ("profit", "毛利撑不住房租", "房租涨了，按现在的毛利每个月是亏的。", "一起调了品类结构，毛利高的放到前场。", 3),
    ("quality", "一批货有色差", "同一批次两箱颜色不一样。", "整批换货，运费我们出。", 2),
    ("conflict", "隔壁县的货窜过来", "隔壁代理的货在本地批发市场出现。", "查到了货号，给对方发了警告函。", 4),
    ("other", "门头的灯坏了", "晚上门头不亮，客人以为关门了。", "工程队第二天换好了。", 1),
)
MOVED = [
    "opened_at",
    "first_response_at",
    "stopped_at",
    "solved_at",
    "solved_on",
    "word_at",
    "due_at",
    "due_on",
    "answer_due_at",
]
SAID = ("正在和物流核对，明天给答复。", "已经报给总部，等排期。", "约了周三下午去店里看。")
PAST_DAYS = 170
CAUSE_OF = {
    "supply": "planning",
    "price": "other_dealer",
    "promotion": "late_material",
    "service": "our_slip",
    "support": "skill",
    "profit": "market",
    "quality": "fault",
    "conflict": "other_dealer",
    "other": "elsewhere",
}


def tell(story, staff: Mapping[str, User], manager_of: Mapping[str, User]) -> None:
    """By the actions, one after the other; then each gets the days it happened on."""
    place_of = {client.code: client.city.province for client in story.clients if client.state == "active"}
    random = Random(f"issues {story.seed}")
    codes = random.sample(sorted(place_of), max(1, len(place_of) * 45 // 100))[:400]
    known = Customer.objects.select_related("standing").in_bulk(codes, field_name="code")
    causes = {one.code: one for one in IssueCause.objects.all()}
    ages: dict[int, tuple[int, int, int]] = {}
    for code in codes:
        customer, by = known[code], manager_of[place_of[code]]
        for _n in range(random.choice((1, 1, 1, 2, 3))):
            issue, days = _one(customer, by, random, causes)
            ages[issue.pk] = days
    _settle(ages)
    escalate(timezone.now())
    # One of the managers lets the heads see how it goes.
    sharing.share(user=sorted(set(manager_of.values()), key=lambda one: one.username)[0])


def _one(
    customer: Customer, by: User, random: Random, causes: Mapping[str, IssueCause]
) -> tuple[Issue, tuple[int, int, int]]:
    """(issue, days ago it was reported, days until the answer, days until the solution)."""
    category, title, text, answer, severity = random.choice(STORIES)
    cause = causes.get(CAUSE_OF[category])
    age = random.randrange(1, PAST_DAYS) if random.random() < 0.7 else random.randrange(0, 20)
    issue = actions.open_issue(
        customer=customer,
        title=title,
        text=text,
        category=category,
        severity=severity,
        origin="found" if random.random() < 0.3 else "told",
        reported_on=timezone.localdate() - datetime.timedelta(days=age),
        owner=by,
        by=by,
    )
    days = (age, min(age, random.choice((0, 0, 1, 1, 3))), min(age, max(0, round(random.gauss(6, 5)))))
    if random.random() < 0.6:
        actions.comment(issue=issue, text=random.choice(SAID), by=by, is_public=True)
    if age > 25 or random.random() < 0.45:
        actions.solve(issue=issue, answer=answer, by=by, cause=cause if random.random() < 0.8 else None)
        if random.random() < 0.6:
            actions.say(
                issue=issue, solved=random.random() < 0.9, stars=random.choice((3, 4, 4, 5, 5)), told_by="店主", by=None
            )
    elif random.random() < 0.5:
        actions.begin(issue=issue, by=by)
    elif random.random() < 0.4:
        pausing.pause(issue=issue, reason="请把到货的照片发一张过来，好和物流对账。", by=by)
    return issue, days


def _told_at(one: Issue, moment: datetime.datetime) -> datetime.datetime:
    """In business hours of its day, or now where that is yet to come."""
    hour = datetime.time(9 + one.pk % 8, one.pk * 7 % 60)
    return min(moment, timezone.make_aware(datetime.datetime.combine(one.reported_on, hour)))


def _settle(ages: Mapping[int, tuple[int, int, int]]) -> None:
    """What was written within a minute happened over half a year."""
    issues = list(Issue.objects.filter(pk__in=ages).select_related("customer__standing"))
    steps = list(IssueStep.objects.filter(issue__in=issues).order_by("pk"))
    moment, nth = timezone.now(), {}
    rules = terms_now()
    work = work_clock(rules)
    for one in issues:
        told = _told_at(one, moment)
        _age, answered, solved = (datetime.timedelta(days=n) for n in ages[one.pk])
        answered_at = min(moment, told + answered + datetime.timedelta(hours=one.pk % 4, minutes=40))
        solved_at = min(moment, max(answered_at, told + solved) + datetime.timedelta(hours=1 + one.pk % 3))
        one.opened_at = told
        if one.first_response_at:
            one.first_response_at = answered_at
        if one.solved_at:
            one.solved_at = solved_at
            one.solved_on = timezone.localtime(one.solved_at).date()
        if one.word_at:
            one.word_at = min(moment, solved_at + datetime.timedelta(days=1))
        if one.state == State.WAITING:
            one.stopped_at = answered_at
        elif not one.is_unsolved:
            one.stopped_at = one.solved_at
        start = start_moment(one.opened_at, one.reported_on)
        by = due(start, one.category, tier_of(one.customer), one.severity, rules, work)
        one.answer_due_at = by.answer_at if one.origin == Origin.TOLD else None
        if not one.reopened:
            one.due_at, one.due_on = by.solve_at, timezone.localtime(by.solve_at).date()
    Issue.objects.bulk_update(issues, MOVED, batch_size=500)
    for step in steps:
        age, answered, solved = (datetime.timedelta(days=n) for n in ages[step.issue_id])
        at = nth[step.issue_id] = nth.get(step.issue_id, -1) + 1
        later = {0: datetime.timedelta(0), 1: answered}.get(at, solved)
        step.at += later - age
    with transaction.atomic(), lifted_for(connection, [IssueStep._meta.db_table], ("update",)):
        IssueStep.objects.bulk_update(steps, ["at"], batch_size=500)
