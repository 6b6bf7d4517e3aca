"""The demo company's notices: a price policy in its second version, a display rule that is late, a plan just sent."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from random import Random

from django.utils import timezone

from crm.accounts.models import User
from promotions.policies.actions import change_notice, write_notice
from promotions.policies.answer_models import NoticeAnswer, NoticeDelivery, NoticeQuestion
from promotions.policies.answering import Mark, answer_notice, ask, mark_done, note_read, reply
from promotions.policies.audience import Audience
from promotions.policies.models import Notice, NoticeVersion
from promotions.policies.sending import publish_version, send_notice, tell_page

PRICES = {
    "zh-hans": {
        "title": "2027 年价格与返利政策",
        "intro": "为保护各位的利润，明年起统一零售价并按季返利。",
        "task": "门店换上新价签",
        "clauses": (
            "全线产品零售价上调 3%，批发价不变。\n\n任何渠道不得低于建议零售价的 95% 销售，线上同价。\n\n"
            "按季完成目标 100% 返利 2%，完成 110% 返利 3%。\n\n首次低价销售书面提醒，再次取消当季返利。"
        ),
    },
    "en": {
        "title": "Prices and rebates 2027",
        "intro": "To protect your margin: one retail price, and a rebate each quarter.",
        "task": "Put up the new price tags",
        "clauses": (
            "Retail prices rise by 3 %, wholesale prices stay.\n\nNobody sells below 95 % of the list price, online "
            "included.\n\n2 % rebate for 100 % of the quarter's target, 3 % for 110 %.\n\nA first sale below price is "
            "warned in writing; the second costs the quarter's rebate."
        ),
    },
}
SECOND = "全线产品零售价上调 3%，批发价不变。\n\n任何渠道不得低于建议零售价的 92% 销售，线上同价。\n\n" + (
    "按季完成目标 100% 返利 2%，完成 110% 返利 3%。\n\n首次低价销售书面提醒，再次取消当季返利。\n\n"
    "旧库存可按原价销售至春节前。"
)
DISPLAY = {
    "zh-hans": {
        "title": "冬季陈列规定",
        "task": "按图陈列并拍照",
        "clauses": "主推品放在端架第二、三层。\n\n堆头不少于 1.2 平方米，保留到月底。\n\n每周一拍照发给市场经理。",
    }
}
PLAN = {
    "zh-hans": {
        "title": "元旦联合推广计划",
        "intro": "元旦三天，买三送一，物料由公司承担一半。",
        "clauses": "活动时间 1 月 1 日至 3 日。\n\n赠品由公司提供，门店承担人员。\n\n物料费用公司承担 50%。",
    },
    "en": {
        "title": "Joint promotion at New Year",
        "intro": "Three days, buy three and get one; we pay half of the materials.",
        "clauses": (
            "From 1 to 3 January.\n\nWe give the gifts, the shop gives the people.\n\nWe pay 50 % of the materials."
        ),
    },
}
SAID = {
    "cannot": ("网上有人卖得更低，我守价就没生意。", "旧库存还有两百箱。", "店里就两个人，顾不过来。"),
    "propose": ("能不能先让线上同步，再要求我们？", "过渡期给到春节后。", "物料公司多承担一点。"),
    "unclear": ("返利怎么算，含不含促销价？", "目标是谁定的？"),
}
ASKED = ("返利什么时候到账？", "旧价签还能用多久？", "堆头的位置可以换吗？")
REPLIED = "每季度结束后 20 天内到账，抵扣货款也可以。"
USUAL = ((0.56, "agree"), (0.66, "cannot"), (0.74, "propose"), (0.8, "unclear"))
REASONS = ("margin", "stock", "market", "staff")


def tell(story, staff: Mapping[str, User], manager_of: Mapping[str, User]) -> None:
    """By the actions; each is then put where it belongs in time."""
    random, admin, day = Random(f"notices {story.seed}"), staff["admin"], timezone.localdate()
    prices = _sent(admin, "policy", PRICES, Audience(everybody=True), 14, do_by=day + datetime.timedelta(days=30))
    _answers(prices, random, staff, share=0.8)
    _earlier(prices, datetime.timedelta(days=26))
    change_notice(
        notice=prices,
        by=admin,
        texts={**PRICES, "zh-hans": {**PRICES["zh-hans"], "clauses": SECOND}, "en": {}},
        changed={"zh-hans": "听了大家的意见：底线放宽到 92%，旧库存可卖到春节前。"},
        asks_anew=False,
    )
    publish_version(notice=prices, by=admin)
    display = _sent(admin, "rule", DISPLAY, Audience(tiers=("A", "B")), 5, do_by=day + datetime.timedelta(days=9))
    _answers(display, random, staff, share=0.7)
    _earlier(display, datetime.timedelta(days=12))
    plan = _sent(admin, "plan", PLAN, Audience(kinds=("franchisee",), tiers=("A", "B", "C")), 9)
    _answers(plan, random, staff, share=0.25)


def _sent(by: User, kind: str, texts, audience: Audience, days: int, do_by: datetime.date | None = None) -> Notice:
    made = write_notice(
        kind=kind,
        language="zh-hans",
        texts=texts,
        answer_by=timezone.localdate() + datetime.timedelta(days=days),
        by=by,
        audience=audience,
        asks_doing=do_by is not None,
        do_by=do_by,
    )
    sent = send_notice(notice=made, by=by)
    for _n in range(100):  # beyond the first page a job tells the rest; the demo does not wait for one
        if not tell_page(sent, 0):
            break
    return sent


def _answers(notice: Notice, random: Random, staff, share: float) -> None:
    rows = list(notice.deliveries.select_related("customer", "version").order_by("pk"))
    keys = list(notice.current.clauses.values_list("key", flat=True))
    for one in random.sample(rows, min(len(rows), 60)):
        if random.random() > share:
            if random.random() < 0.5:
                note_read(delivery=one)
            continue
        at = random.random()
        answer = next((name for most, name in USUAL if at < most), "agree")
        _answer(one, answer, keys, random)
        if answer == "agree" and notice.asks_doing and random.random() < 0.6:
            mark_done(delivery=one, told_by="老板")
    for one, text in zip(random.sample(rows, min(len(rows), len(ASKED))), ASKED, strict=False):
        question = ask(delivery=one, text=text, clause=random.choice(keys), through="portal", told_by="老板")
        if random.random() < 0.4:
            reply(question=question, text=REPLIED, by=question.owner or staff["admin"])


def _answer(delivery: NoticeDelivery, answer: str, keys: list[int], random: Random) -> None:
    text = random.choice(SAID[answer]) if answer in SAID else ""
    marks = {random.choice(keys[1:] or keys): Mark(answer, text[:40])} if answer in SAID else {}
    reason = random.choice(REASONS) if answer == "cannot" else ""
    answer_notice(
        delivery=delivery,
        answer=answer,
        reason=reason,
        text=text,
        marks=marks,
        through="portal",
        told_by="老板",
    )


def _earlier(notice: Notice, before: datetime.timedelta) -> None:
    """What was sent and answered within a minute lies some weeks back; answers came in the days after it."""
    moment = timezone.now() - before
    notice.refresh_from_db()
    notice.sent_at, notice.answer_by = moment, notice.answer_by - before
    notice.send_on = timezone.localdate(moment)
    notice.save()
    NoticeVersion.objects.filter(notice=notice).update(published_at=moment)
    rows = list(NoticeDelivery.objects.filter(notice=notice))
    random = Random(notice.pk)
    for one in rows:
        at = moment + datetime.timedelta(hours=random.randrange(2, 24 * 8))
        one.told_at, one.answer_by = moment, notice.answer_by
        one.read_at = at if one.read_at else None
        one.answered_at = at if one.answered_at else None
        one.done_on = timezone.localdate(at) + datetime.timedelta(days=2) if one.done_on else None
    NoticeDelivery.objects.bulk_update(rows, ["told_at", "answer_by", "read_at", "answered_at", "done_on"], 500)
    moments = {one.pk: one.answered_at for one in rows if one.answered_at}
    answers = list(NoticeAnswer.objects.filter(delivery__notice=notice))
    for one in answers:
        one.at = moments[one.delivery_id]
    NoticeAnswer.objects.bulk_update(answers, ["at"], 500)
    asked = moment + datetime.timedelta(days=2)
    NoticeQuestion.objects.filter(delivery__notice=notice).update(asked_at=asked)
