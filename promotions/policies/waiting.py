"""What waits for somebody about notices: questions to answer, answers that stick, and for who sent one, silence."""

from __future__ import annotations

import datetime

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.today.ranking import Action, Task
from customers.profile.models import Responsibility
from promotions.policies.answer_models import Answer, NoticeDelivery, NoticeQuestion

MOST = 30


def tasks(user, day: datetime.date) -> list[Task]:
    """Three statements."""
    if not user.may_write:
        return []
    return [*_questions(user, day), *_stuck(user, day), *_silent(user, day)]


def _questions(user, day: datetime.date) -> list[Task]:
    rows = NoticeQuestion.objects.visible_to(user).open().filter(owner=user)
    found = []
    for one in rows.select_related("delivery__customer", "delivery__version__notice").order_by("due_on", "pk")[:MOST]:
        url = reverse("notices:one", args=[one.delivery_id])
        found.append(
            Task(
                key=f"notice-question:{one.pk}",
                kind="notice",
                icon="help-circle",
                tone="bad" if one.due_on < day else "warn",
                reason=_("Asks about “%(title)s”: %(text)s")
                % {"title": one.delivery.version.title, "text": one.text[:120]},
                url=url,
                customer_id=one.delivery.customer_id,
                action=Action(_("Answer"), url, "message"),
                days_of_sales=5,
                late=(day - one.due_on).days,
                minutes=5,
                own=True,
            )
        )
    return found


def _stuck(user, day: datetime.date) -> list[Task]:
    """Of those in one's charge: they do not understand, cannot, or would change something."""
    mine = Responsibility.objects.in_force(day).filter(user=user).order_by().values("customer_id")
    rows = NoticeDelivery.objects.visible_to(user).of_sent().stuck().filter(customer_id__in=mine)
    texts = {
        Answer.UNCLEAR: _("Does not understand “%(title)s”"),
        Answer.CANNOT: _("Cannot carry out “%(title)s”"),
        Answer.PROPOSE: _("Would change “%(title)s”"),
    }
    found = []
    for one in rows.select_related("version__notice").order_by("answered_at", "pk")[:MOST]:
        url = reverse("notices:one", args=[one.pk])
        found.append(
            Task(
                key=f"notice-stuck:{one.pk}:{one.version_id}:{one.answer}",
                kind="notice",
                icon="file-text",
                tone="warn",
                reason=texts[Answer(one.answer)] % {"title": one.version.title},
                url=url,
                customer_id=one.customer_id,
                action=Action(_("Speak about it"), url, "message"),
                days_of_sales=4,
                late=(day - one.answer_by).days,
                minutes=10,
                own=True,
            )
        )
    return found


def _silent(user, day: datetime.date) -> list[Task]:
    """How many of those in one's charge have not answered a notice by its day: one line a notice."""
    mine = Responsibility.objects.in_force(day).filter(user=user).order_by().values("customer_id")
    rows = NoticeDelivery.objects.visible_to(user).of_sent().unanswered()
    rows = rows.filter(customer_id__in=mine, answer_by__lt=day, answer_by__gte=day - datetime.timedelta(days=60))
    counted = rows.order_by().values_list("notice_id", "version_id").annotate(n=Count("pk")).order_by("-n")[:MOST]
    held = {one: n for one, _version, n in counted}
    if not held:
        return []
    titles = {one.notice_id: one for one in _firsts(rows, list(held))}
    found = []
    for pk, n in held.items():
        one = titles[pk]
        url = f"{reverse('notices:detail', args=[pk])}?who=silent#who"
        text = ngettext(
            "%(n)d customer of yours has not answered “%(title)s”",
            "%(n)d customers of yours have not answered “%(title)s”",
            n,
        )
        found.append(
            Task(
                key=f"notice-silent:{pk}:{one.version_id}",
                kind="notice",
                icon="file-text",
                tone="bad",
                reason=text % {"n": n, "title": one.version.title},
                url=url,
                customer_id=None,
                action=Action(_("See who"), url, "users"),
                days_of_sales=2,
                late=(day - one.answer_by).days,
                minutes=15,
                own=True,
            )
        )
    return found


def _firsts(rows, ids: list[int]):
    """One delivery of each notice, with its words."""
    firsts = rows.filter(notice_id__in=ids).order_by().values("notice_id")
    keys = firsts.annotate(first=Min("pk")).values("first")
    return NoticeDelivery.objects.filter(pk__in=keys).select_related("version__notice")
