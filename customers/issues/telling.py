"""People are told of issues: the owner of what a dealer raises and what opens by itself, the heads of what is late, of
what nobody answers, and of what goes round at many customers.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm.accounts.models import Posting, Role
from crm.clock import today
from crm.notifications.actions import Telling, notify, notify_many
from crm.notifications.kinds import DIGEST, NOW, NotificationKind
from customers.issues.measuring import NamedWave, week_of
from customers.issues.models import Category, Issue


def _raised(params) -> tuple[str, str]:
    # Those told before this was said came from dealers.
    if params.get("raised", True):
        return _("%(name)s raises an issue") % {"name": params["name"]}, params["title"]
    return _("An issue of %(name)s is for you to solve") % {"name": params["name"]}, params["title"]


def _late(params) -> tuple[str, str]:
    return _("An issue of %(name)s is late") % {"name": params["name"]}, params["title"]


def _unheard(params) -> tuple[str, str]:
    return _("Nobody has answered %(name)s in time") % {"name": params["name"]}, params["title"]


def _wave(params) -> tuple[str, str]:
    about = dict(Category.choices).get(params["category"], params["category"])
    head = _("Not one shop's problem: %(about)s in %(region)s") % {"about": about, "region": params["region"]}
    return head, ngettext(
        "%(n)d customer within %(days)d days", "%(n)d customers within %(days)d days", params["n"]
    ) % {"n": params["n"], "days": params["days"]}


RAISED = NotificationKind("issue.raised", gettext_lazy("An issue is mine to solve"), "flag", _raised, mail=NOW)
LATE = NotificationKind("issue.late", gettext_lazy("An issue in my regions is late"), "flag", _late, mail=DIGEST)

UNHEARD = NotificationKind(
    "issue.unheard", gettext_lazy("An issue in my regions is not answered in time"), "flag", _unheard, mail=DIGEST
)
WAVE = NotificationKind(
    "issue.wave", gettext_lazy("The same problem at many customers of a region"), "flag", _wave, mail=DIGEST
)


def _params(issue: Issue) -> dict:
    return {"name": issue.customer.name, "title": issue.title}


def tell_owner(issue: Issue, *, raised: bool) -> None:
    """raised: by the dealer; else it opened by itself."""
    if issue.owner_id is not None:
        url = reverse("issues:detail", args=[issue.pk])
        params = _params(issue) | {"raised": raised}
        notify(kind=RAISED.code, to=[issue.owner_id], key=f"issue.raised:{issue.pk}", params=params, url=url)


def _heads() -> list[tuple[int, str]]:
    """(head, path of a region they are posted to)."""
    heads = Posting.objects.in_force(today()).filter(user__role=Role.HEAD, user__is_active=True)
    return list(heads.values_list("user_id", "region__path"))


def _above(posted: Sequence[tuple[int, str]], path: str) -> set[int]:
    return {user_id for user_id, of_head in posted if path.startswith(of_head)}


def tell_heads(issues: Sequence[Issue], kind: NotificationKind = LATE) -> int:
    """issues: with customer and its region. One statement, and those of telling."""
    posted = _heads()
    tellings = [
        Telling(user_id, f"{kind.code}:{issue.pk}", _params(issue), reverse("issues:detail", args=[issue.pk]))
        for issue in issues
        for user_id in _above(posted, issue.customer.region.path)
    ]
    return notify_many(kind=kind.code, tellings=tellings) if tellings else 0


def tell_waves(waves: Sequence[NamedWave], day: datetime.date) -> int:
    """Of each region and class once a week, however often it is looked."""
    posted, week = _heads(), week_of(day)
    tellings = [
        Telling(
            user_id,
            f"issue.wave:{one.region}:{one.category}:{week}",
            {
                "category": one.category,
                "region": one.region_name,
                "n": one.customers,
                "days": (day - one.since).days + 1,
            },
            f"{reverse('issues:list')}?state=all&category={one.category}&region={one.region}&since={one.since}",
        )
        for one in waves
        for user_id in _above(posted, one.region_path)
    ]
    return notify_many(kind=WAVE.code, tellings=tellings) if tellings else 0
