"""People are told of issues: the owner of what a dealer raises and what opens by itself, the heads of what is late."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.accounts.models import Posting, Role
from crm.clock import today
from crm.notifications.actions import Telling, notify, notify_many
from crm.notifications.kinds import DIGEST, NOW, NotificationKind
from customers.issues.models import Issue


def _raised(params) -> tuple[str, str]:
    # Those told before this was said came from dealers.
    if params.get("raised", True):
        return _("%(name)s raises an issue") % {"name": params["name"]}, params["title"]
    return _("An issue of %(name)s is for you to solve") % {"name": params["name"]}, params["title"]


def _late(params) -> tuple[str, str]:
    return _("An issue of %(name)s is late") % {"name": params["name"]}, params["title"]


RAISED = NotificationKind("issue.raised", gettext_lazy("An issue is mine to solve"), "flag", _raised, mail=NOW)
LATE = NotificationKind("issue.late", gettext_lazy("An issue in my regions is late"), "flag", _late, mail=DIGEST)


def _params(issue: Issue) -> dict:
    return {"name": issue.customer.name, "title": issue.title}


def tell_owner(issue: Issue, *, raised: bool) -> None:
    """raised: by the dealer; else it opened by itself."""
    if issue.owner_id is not None:
        url = reverse("issues:detail", args=[issue.pk])
        params = _params(issue) | {"raised": raised}
        notify(kind=RAISED.code, to=[issue.owner_id], key=f"issue.raised:{issue.pk}", params=params, url=url)


def tell_heads(issues: Sequence[Issue]) -> int:
    """issues: with customer and its region. One statement, and those of telling."""
    heads = Posting.objects.in_force(today()).filter(user__role=Role.HEAD, user__is_active=True)
    posted = list(heads.values_list("user_id", "region__path"))
    tellings = [
        Telling(user_id, f"issue.late:{issue.pk}", _params(issue), reverse("issues:detail", args=[issue.pk]))
        for issue in issues
        for user_id in {user_id for user_id, path in posted if issue.customer.region.path.startswith(path)}
    ]
    return notify_many(kind=LATE.code, tellings=tellings) if tellings else 0
