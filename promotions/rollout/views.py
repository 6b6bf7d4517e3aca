"""Promotions: the list, the calendar, one with its board; preparing, asking, closing."""

from __future__ import annotations

import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.clock import today
from crm.listing.keyset import Order, page
from customers.profile.doors import edits, flaws_of, refuse_readers, tell
from promotions.budgets.asking import excess_shown
from promotions.calculator.models import PromotionPlan
from promotions.calculator.models import State as PlanState
from promotions.policies.audience import Audience, customers_of
from promotions.rollout import actions, letters, reading
from promotions.rollout.board import offered
from promotions.rollout.budget_views import asking_of
from promotions.rollout.forms import CarryOutForm, PromotionForm, WhomForm
from promotions.rollout.models import Promotion, State

NEWEST = Order("planned", "pk", form="int")
BY_KEY = Order("asked", "pk", form="int")
WEEKS = 13


def promotion_of(request, pk) -> Promotion:
    return get_object_or_404(reading.promotions(request.user), pk=pk)


def may_change(user, promotion: Promotion) -> bool:
    return user.may_write and (promotion.made_by_id == user.pk or user.is_admin)


def refuse_others(request, promotion: Promotion) -> None:
    refuse_readers(request)
    if not may_change(request.user, promotion):
        raise PermissionDenied(_("Whoever planned a promotion, or an administrator, changes it."))


@require_safe
@login_required
def promotion_list(request):
    user, state = request.user, request.GET.get("state", "")
    rows = reading.promotions(user)
    rows = rows.filter(state=state) if state in State.values else rows
    found = page(
        rows.order_by(), NEWEST, True, after=request.GET.get("after", ""), before=request.GET.get("before", "")
    )
    counts = reading.counts(user, [one.pk for one in found.rows])
    choices = [(value, str(label)) for value, label in State.choices]
    shown = dict(choices).get(state, "")
    context = {
        "page": found,
        "lines": [(one, counts.get(one.pk, {})) for one in found.rows],
        "filters": [{"label": _("State"), "name": "state", "value": state, "shown": shown, "choices": choices}],
        "narrowed": bool(state),
        "today": today(),
        "may_write": user.may_write,
    }
    return render(request, "promotions/rollout/list.html", context)


@require_safe
@login_required
def calendar(request):
    """A quarter from the week of a day on, a promotion a row."""
    try:
        day = datetime.date.fromisoformat(request.GET.get("from", ""))
    except ValueError:
        day = today()
    first = day - datetime.timedelta(days=day.weekday())
    last = first + datetime.timedelta(days=7 * WEEKS - 1)
    rows = []
    for one, clashes in reading.calendar(request.user, first, last):
        begin = max(0, (one.starts_on - first).days)
        end = min(7 * WEEKS, (one.ends_on - first).days + 1)
        rows.append({"promotion": one, "clashes": clashes, "x": begin, "wide": max(1, end - begin)})
    weeks = [(n * 7, first + datetime.timedelta(days=7 * n)) for n in range(WEEKS)]
    context = {
        "rows": rows,
        "weeks": weeks,
        "days": 7 * WEEKS,
        "first": first,
        "last": last,
        "now": (today() - first).days if first <= today() <= last else None,
        "earlier": first - datetime.timedelta(days=7 * WEEKS),
        "later": last + datetime.timedelta(days=1),
    }
    return render(request, "promotions/rollout/calendar.html", context)


@require_safe
@login_required
def detail(request, pk):
    """The board: every lane with its number, and one of them in full."""
    held, user = promotion_of(request, pk), request.user
    stage = request.GET.get("stage", "")
    stage = stage if stage in reading.STAGES else ""
    found = page(
        reading.participations(user, held, stage),
        BY_KEY,
        False,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    counts = reading.counts(user, [held.pk]).get(held.pk, {})
    clashing = list(reading.overlapping(user, held)[:20])
    may_write = user.may_write and held.state == State.OPEN
    context = {
        "promotion": held,
        "lanes": [(key, name, counts.get(key, 0)) for key, (name, _condition) in reading.STAGES.items()],
        "all": counts.get("all", 0),
        "stage": stage,
        "page": found,
        "clashing": clashing,
        "today": today(),
        "offered": offered(held, stage, today()) if may_write else [],
        "silent": letters.remindable(user, held).count() if may_write and counts.get("invited") else 0,
        "may_change": may_change(user, held),
    }
    return render(request, "promotions/rollout/detail.html", context)


# --- preparing ----------------------------------------------------------------------------------------------------


@edits
@login_required
def new(request):
    refuse_readers(request)
    begin = today() + datetime.timedelta(days=14)
    ends, answer_by = begin + datetime.timedelta(days=13), today() + datetime.timedelta(days=7)
    initial = {"starts_on": begin, "ends_on": ends, "answer_by": answer_by, "kind": "mixed"}
    form = PromotionForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.write_promotion(by=request.user, **form.values())
        except ValidationError as refusal:
            tell(form, refusal)
        else:
            return redirect("promotions:run-who", pk=made.pk)
    return render(request, "promotions/rollout/write.html", {"form": form}, status=422 if form.errors else 200)


@edits
@login_required
def edit(request, pk):
    held = promotion_of(request, pk)
    refuse_others(request, held)
    form = PromotionForm(request.POST or None, initial=PromotionForm.initial_of(held))
    del form.fields["code"]
    if held.state == State.OPEN:
        for name in set(form.fields) - {"ends_on", "version"}:
            del form.fields[name]
    if request.method == "POST" and form.is_valid():
        try:
            version = form.cleaned_data["version"]
            actions.change_promotion(promotion=held, by=request.user, version=version, **form.values())
        except ValidationError as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("promotions:run", pk=pk)
    context = {"form": form, "promotion": held}
    return render(request, "promotions/rollout/write.html", context, status=422 if form.errors else 200)


@edits
@login_required
def who(request, pk):
    """Who is asked; with how many that is before they are."""
    held = promotion_of(request, pk)
    refuse_others(request, held)
    if held.state != State.DRAFT:
        return redirect("promotions:run", pk=pk)
    kept = Audience.of(held.audience)
    initial = {"everybody": kept.everybody, "tiers": kept.tiers, "kinds": kept.kinds, "regions": kept.regions}
    form = WhomForm(request.POST or None, by=request.user, initial=initial | {"codes": "\n".join(kept.codes)})
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_promotion(promotion=held, by=request.user, audience=form.audience())
        except ValidationError as refusal:
            tell(form, refusal)
        else:
            return redirect("promotions:run-who", pk=pk)
    reached = customers_of(kept, request.user).count() if held.audience else None
    over = excess_shown(request.user, asking_of(held, request.user)) if reached else []
    context = {"form": form, "promotion": held, "reached": reached, "over": over}
    context["cost"] = held.cost_each * (reached or 0)
    context["must_ask"] = any(not one["agreed"] for one in over)
    return render(request, "promotions/rollout/who.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def ask(request, pk):
    held = promotion_of(request, pk)
    refuse_others(request, held)
    try:
        actions.open_promotion(promotion=held, by=request.user)
    except ValidationError as refusal:
        messages.error(request, flaws_of(refusal))
        return redirect("promotions:run-who", pk=pk)
    messages.success(request, _("They are asked. Answers appear on the board."))
    return redirect("promotions:run", pk=pk)


@require_POST
@login_required
def close(request, pk):
    held = promotion_of(request, pk)
    refuse_others(request, held)
    try:
        actions.close_promotion(promotion=held, by=request.user, called_off=request.POST.get("off") == "1")
    except ValidationError as refusal:
        messages.error(request, flaws_of(refusal))
    else:
        messages.success(request, _("It is closed."))
    return redirect("promotions:run", pk=pk)


@edits
@login_required
def carry_out(request, pk):
    """A plan that both sides have signed becomes a promotion."""
    plan = get_object_or_404(PromotionPlan.objects.visible_to(request.user).select_related("customer", "shown"), pk=pk)
    refuse_readers(request)
    if plan.state != PlanState.AGREED:
        messages.error(request, _("Only what both sides have signed is carried out."))
        return redirect("promotions:plan", pk=pk)
    form = CarryOutForm(request.POST or None, initial={"code": f"p{plan.pk}"})
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.carry_out(plan=plan, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            tell(form, refusal)
        else:
            return redirect("promotions:run", pk=made.pk)
    context = {"form": form, "plan": plan}
    return render(request, "promotions/rollout/carry_out.html", context, status=422 if form.errors else 200)
