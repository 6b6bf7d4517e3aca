"""Pages of figures: of everybody in reach, one's own mirror, and those of the team who share theirs."""

from __future__ import annotations

import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils import formats
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.clock import today
from customers.issues import measuring, sharing
from customers.issues.clocks import Pace
from customers.issues.mirroring import Mirror
from customers.issues.models import Category
from customers.issues.rulemodels import SharedMirror
from customers.profile.doors import refuse_readers


@require_safe
@login_required
def figures(request):
    """How fast and how much in time: of everybody in reach, by owner, region and what it was about.

    Of a person everybody sees how many were in time; how long they took only heads, of those who share it. So too of
    a region or class in which nobody else has worked.
    """
    user, day = request.user, today()
    since = day - measuring.PACE_DAYS
    whole, parts = measuring.paces(user, since, day)
    open_ones = {user.pk, *SharedMirror.objects.visible_to(user).values_list("user_id", flat=True)}

    def line(one: measuring.Part, name: str) -> tuple[str, Pace, bool, bool]:
        told = (measuring.is_told(owners, open_ones) for owners in (one.answered_by, one.solved_by))
        return (name, one.pace, *told)

    labels = dict(Category.choices)
    context = {
        "whole": line(whole, ""),
        "tables": [
            (_("By owner"), [line(one, one.name or _("nobody")) for one in parts["owner"]]),
            (_("By region"), [line(one, one.name) for one in parts["region"]]),
            (_("By what it was about"), [line(one, labels[one.key]) for one in parts["category"]]),
        ],
        "since": since,
    }
    return render(request, "customers/issues/figures.html", context)


@require_safe
@login_required
def mirror(request):
    """One's own, which nobody else sees unless one shares it."""
    found = measuring.my_mirror(request.user, today())
    labels = dict(Category.choices)
    context = {
        "mirror": found,
        "charts": _charts(found),
        "months": [(_month(month), one) for month, one in found.months],
        "classes": [(labels[name], one) for name, one in found.classes],
        "shared": measuring.has_shared(request.user),
        "may_write": request.user.may_write,
        "is_head": request.user.is_head or request.user.is_admin,
    }
    return render(request, "customers/issues/mirror.html", context)


def _charts(found: Mirror) -> list[tuple[str, str, list[dict]]]:
    """(name, unit, a bar a month); the last month is not over."""
    last = found.months[-1][0]

    def bars(value):
        return [
            {
                "label": formats.date_format(month, "M"),
                "value": value(one),
                "title": _month(month),
                "part": month == last,
            }
            for month, one in found.months
        ]

    return [
        (_("Solved in time"), "percent", bars(lambda one: one.in_time_share)),
        (_("Found by us, of all"), "percent", bars(lambda one: one.found_share)),
    ]


def _month(first: datetime.date) -> str:
    return formats.date_format(first, "YEAR_MONTH_FORMAT")


@require_POST
@login_required
def share(request):
    """shared=1 lets the heads see it, 0 takes that back."""
    refuse_readers(request)
    if request.POST.get("shared") == "1":
        sharing.share(user=request.user)
        messages.success(request, _("Your heads see these figures now. You can take that back at any time."))
    else:
        sharing.keep_private(user=request.user)
        messages.success(request, _("You alone see these figures now."))
    return redirect("issues:mirror")


@require_safe
@login_required
def team(request):
    """For heads and administrators: those who share, side by side."""
    if not (request.user.is_head or request.user.is_admin):
        raise PermissionDenied(_("Heads see the team's figures."))
    members, private = measuring.team(request.user, today())
    return render(request, "customers/issues/team.html", {"members": members, "private": private})
