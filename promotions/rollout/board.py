"""What the board of a promotion offers for the ticked ones of a lane."""

from __future__ import annotations

import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from promotions.rollout.models import Answer, Promotion


def offered(promotion: Promotion, stage: str, day: datetime.date) -> list[dict[str, str]]:
    """What can be done to several of one lane, as the bar below the list takes it."""
    send, receive, answers, judge = (
        reverse(f"promotions:run-{name}", args=[promotion.pk]) for name in ("send", "receive", "answers", "judge")
    )
    found = []
    if stage in ("invited", "countered"):
        found.append(_button(_("They take part"), "check", answers, "answer", Answer.ACCEPTED))
        found.append(_button(_("They do not"), "x", answers, "answer", Answer.DECLINED))
    if stage == "accepted":
        found.append(_button(_("Materials are sent"), "mail", send))
    if stage in ("accepted", "sent"):
        found.append(_button(_("Materials are there"), "check", receive))
    if stage in ("accepted", "sent", "ready") and promotion.starts_on <= day:
        found.append(_button(_("Say how they ran it"), "eye", judge))
    return found


def _button(label: str, icon: str, where: str, name: str = "act", value: str = "1") -> dict[str, str]:
    return {"label": label, "icon": icon, "formaction": where, "name": name, "value": value}
