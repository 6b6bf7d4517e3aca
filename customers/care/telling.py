"""Somebody handed customers to you."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext

from crm.notifications.actions import notify
from crm.notifications.kinds import NOW, NotificationKind
from customers.care.models import Handover


def _words(params) -> tuple[str, str]:
    title = (
        ngettext(
            "%(person)s hands %(n)d customer over to you",
            "%(person)s hands %(n)d customers over to you",
            params["n"],
        )
        % params
    )
    return title, params["note"]


HANDOVER = NotificationKind("care.handover", gettext_lazy("Customers are handed over to me"), "users", _words, mail=NOW)


def tell_of(handover: Handover, n: int) -> None:
    """n: customers that went over. Once a handover."""
    notify(
        kind=HANDOVER.code,
        to=[handover.to_id],
        key=f"{HANDOVER.code}:{handover.pk}",
        params={"person": str(handover.done_by or "Qiao"), "n": n, "note": handover.word},
        url=reverse("customers:handover-detail", args=[handover.pk]),
    )
