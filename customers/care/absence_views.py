"""The page of who stands in for whom."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.clock import today
from customers.care import standing_in
from customers.care.forms import StandInForm
from customers.profile.doors import edits, flaws_of, refuse_readers
from customers.profile.models import StandIn

PAST = 20


@edits
@login_required
def stand_ins(request):
    """Those that hold or will, then the last that are over; and a form for one more."""
    form = StandInForm(request.POST or None, by=request.user) if request.user.may_write else None
    if request.method == "POST":
        refuse_readers(request)
        if form.is_valid():
            try:
                made = standing_in.name_stand_in(by=request.user, **form.values())
            except ValidationError as refusal:
                form.add_error(None, refusal)
            else:
                names = {"stand_in": made.stand_in, "absent": made.absent}
                messages.success(request, _("%(stand_in)s stands in for %(absent)s.") % names)
                return redirect("customers:stand-ins")
    day = today()
    rows = StandIn.objects.visible_to(request.user).select_related("absent", "stand_in", "made_by")
    now = list(rows.not_over(day).order_by("since", "pk")[:200])
    for one in now:
        one.may_end = standing_in.may_end(one, request.user)
        one.holds = one.since <= day
    context = {
        "now": now,
        "past": list(rows.filter(until__lte=day).order_by("-until", "-pk")[:PAST]),
        "form": form,
        "tab": "stand-ins",
    }
    return render(request, "customers/care/stand_ins.html", context, status=422 if form and form.errors else 200)


@require_POST
@login_required
def end(request, pk):
    row = get_object_or_404(StandIn.objects.visible_to(request.user), pk=pk)
    refuse_readers(request)
    if not standing_in.may_end(row, request.user):
        raise PermissionDenied(_("Whoever is away, whoever stands in, or their head ends this."))
    try:
        standing_in.end_stand_in(row=row, by=request.user)
    except ValidationError as refusal:
        messages.error(request, flaws_of(refusal))
    else:
        messages.success(request, _("It has ended."))
    return redirect("customers:stand-ins")
