"""Notices as goals of a visit: what a customer has not answered is passed on; what is due is looked at."""

from __future__ import annotations

import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from promotions.policies.answer_models import Answer, NoticeDelivery, NoticeQuestion
from visits.plan.models import Purpose
from visits.plan.suggesting import Suggestion, fitting

Found = dict[int, list[Suggestion]]
DAYS_OF_SALES = 5


def notices(user, ids: list[int], day: datetime.date) -> Found:
    """Those without an answer, those that stick, and what should be done by now. One statement."""
    rows = NoticeDelivery.objects.visible_to(user).of_sent().filter(customer_id__in=ids)
    undone = Q(notice__asks_doing=True, done_on__isnull=True, answer=Answer.AGREE, notice__do_by__lt=day)
    rows = rows.filter(~Q(answer=Answer.AGREE) | undone).select_related("notice", "version__notice")
    found: Found = {}
    for one in rows.order_by("answer_by", "pk"):
        due = one.notice.do_by if one.answer == Answer.AGREE and one.notice.do_by else one.answer_by
        found.setdefault(one.customer_id, []).append(
            Suggestion(
                key=f"notice-{one.pk}",
                kind="notice",
                text=fitting(_text(one) % {"title": one.version.title}),
                link=reverse("notices:one", args=[one.pk]),
                purpose=Purpose.PROMOTION.value,
                icon="file-text",
                days_of_sales=DAYS_OF_SALES,
                late=(day - due).days,
            )
        )
    return found


def _text(one: NoticeDelivery) -> str:
    if one.answer == Answer.UNCLEAR:
        return _("Explain “%(title)s”, which they do not understand")
    if one.answer == Answer.CANNOT:
        return _("Find out what keeps them from “%(title)s”")
    if one.answer == Answer.PROPOSE:
        return _("Speak about the change they propose to “%(title)s”")
    if one.answer == Answer.AGREE:
        return _("See whether “%(title)s” is done")
    if one.read_at is None:
        return _("Pass on “%(title)s”, which they have not read")
    return _("Get an answer to “%(title)s”")


def questions(user, ids: list[int], day: datetime.date) -> Found:
    """Questions about notices that are better answered in person. One statement."""
    rows = NoticeQuestion.objects.visible_to(user).open().filter(delivery__customer_id__in=ids)
    found: Found = {}
    for one in rows.select_related("delivery__version__notice").order_by("due_on", "pk"):
        found.setdefault(one.delivery.customer_id, []).append(
            Suggestion(
                key=f"notice-question-{one.pk}",
                kind="notice",
                text=fitting(_("Answer their question: %(text)s") % {"text": one.text}),
                link=reverse("notices:one", args=[one.delivery_id]),
                purpose=Purpose.PROMOTION.value,
                icon="help-circle",
                days_of_sales=DAYS_OF_SALES,
                late=(day - one.due_on).days,
            )
        )
    return found
