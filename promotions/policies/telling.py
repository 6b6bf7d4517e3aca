"""People are told of what customers ask and say about notices."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.accounts.models import User
from crm.notifications.actions import notify
from crm.notifications.kinds import DIGEST, NOW, NotificationKind
from promotions.policies.answer_models import Answer, NoticeDelivery, NoticeQuestion


def _asked(params) -> tuple[str, str]:
    return _("%(name)s asks about “%(notice)s”") % params, params["text"]


def _stuck(params) -> tuple[str, str]:
    texts = {
        Answer.UNCLEAR: _("%(name)s does not understand “%(notice)s”"),
        Answer.CANNOT: _("%(name)s cannot carry out “%(notice)s”"),
        Answer.PROPOSE: _("%(name)s proposes a change to “%(notice)s”"),
    }
    return texts[params["answer"]] % params, ""


QUESTION = NotificationKind(
    "notice.question", gettext_lazy("A customer asks about a notice"), "help-circle", _asked, mail=NOW
)
STUCK = NotificationKind(
    "notice.stuck", gettext_lazy("A customer does not agree to a notice"), "alert-triangle", _stuck, mail=DIGEST
)


def tell_of_question(question: NoticeQuestion, owner: User) -> None:
    delivery = question.delivery
    params = {"name": delivery.customer.name, "notice": delivery.notice.title, "text": question.text[:200]}
    url = reverse("notices:one", args=[delivery.pk])
    notify(kind=QUESTION.code, to=[owner.pk], key=f"notice.question:{question.pk}:{owner.pk}", params=params, url=url)


def tell_of_answer(delivery: NoticeDelivery, owner: User | None) -> None:
    """Whoever is in charge of the customer, else whoever sent the notice."""
    to = owner or delivery.notice.sent_by
    if to is None:
        return
    params = {"name": delivery.customer.name, "notice": delivery.notice.title, "answer": delivery.answer}
    key = f"notice.stuck:{delivery.pk}:{delivery.version_id}:{delivery.answer}"
    notify(kind=STUCK.code, to=[to.pk], key=key, params=params, url=reverse("notices:one", args=[delivery.pk]))
