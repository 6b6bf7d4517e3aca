"""The calculator's pages: reckon with a customer, live as one types; keep, show, sign, print."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.clock import today
from crm.listing.keyset import Order, page
from crm.panels import collect
from customers.profile.doors import customer_of, edits, flaws_of, refuse_readers
from promotions.budgets.asking import room_of
from promotions.budgets.holding import OverBudget
from promotions.calculator import actions, prefilling, reading, showing
from promotions.calculator.estimating import author_of, estimate
from promotions.calculator.forms import DropForm, PlanForm, signed_of, usual
from promotions.calculator.models import PlanVersion, PromotionPlan, SignatureSide, State
from promotions.calculator.refusing import Refused
from promotions.calculator.showing_estimates import shown_estimate
from promotions.calculator.terms import SIDES

NEWEST = Order("planned", "pk", form="int")


def plan_of(request, pk) -> PromotionPlan:
    return get_object_or_404(reading.plans(request.user), pk=pk)


def version_of(plan: PromotionPlan, number) -> PlanVersion:
    found = next((one for one in reading.versions_of(plan) if one.number == number), None)
    if found is None:
        raise Http404
    return found


@require_safe
@login_required
def plan_list(request):
    rows, state = reading.plans(request.user), request.GET.get("state", "")
    if state in State.values:
        rows = rows.filter(state=state)
    found = page(rows, NEWEST, True, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    choices = [(value, str(label)) for value, label in State.choices]
    filters = [
        {
            "label": _("State"),
            "name": "state",
            "value": state,
            "shown": dict(choices).get(state, ""),
            "choices": choices,
        }
    ]
    context = {"page": found, "plans": found.rows, "filters": filters, "narrowed": bool(state), "today": today()}
    return render(request, "promotions/calculator/list.html", context)


@require_safe
@login_required
def customer(request, pk):
    """The tab: what was planned with the customer, the latest first."""
    held = customer_of(request, pk)
    found = page(reading.of_customer(request.user, held).order_by(), NEWEST, True, after=request.GET.get("after", ""))
    context = {"customer": held, "plans": found.rows, "page": found, "may_write": request.user.may_write}
    return render(request, "promotions/calculator/customer.html", context)


# --- reckoning ----------------------------------------------------------------------------------------------------


@edits
@login_required
def new(request, pk):
    held = customer_of(request, pk)
    refuse_readers(request)
    start = today()
    known = prefilling.known_of(request.user, held, start, 14)
    units = known.baseline.units if known.baseline else None
    form = PlanForm(request.POST or None, initial=usual(request.user, known.price, units), discount=known.discount)
    if request.method == "POST" and not form.is_reshaped and form.is_valid():
        try:
            made = actions.write_plan(customer=held, terms=form.terms(), by=request.user, **form.fields())
        except ValidationError as refusal:
            form.refuse(refusal.message_dict)
        else:
            messages.success(request, _("Saved. Nobody but us sees it until you show it."))
            return redirect("promotions:plan", pk=made.pk)
    context = {
        "customer": held,
        "form": form,
        "known": known,
        "may_take": True,
        "result": _result(request.user, held, form) if request.method == "POST" else None,
    }
    return render(
        request, "promotions/calculator/plan.html", context, status=422 if form.errors and not form.is_reshaped else 200
    )


@edits
@login_required
def plan(request, pk):
    held, user = plan_of(request, pk), request.user
    if request.method == "POST":
        refuse_readers(request)
    open_ = held.may_change and user.may_write
    form = PlanForm(request.POST or None, plan=held)
    if request.method == "POST" and not form.is_reshaped and form.is_valid():
        try:
            version = form.head.cleaned_data["version"]
            actions.change_plan(plan=held, by=user, version=version, terms=form.terms(), **form.fields())
        except ValidationError as refusal:
            form.refuse(refusal.message_dict if hasattr(refusal, "error_dict") else {"": refusal.messages})
        else:
            messages.success(request, _("Saved."))
            return redirect("promotions:plan", pk=pk)
    versions = reading.versions_of(held)
    shown = next((one for one in versions if one.pk == held.shown_id), None)
    signed = {one.side: one for one in shown.signatures.all()} if shown else {}
    context = {
        "plan": held,
        "customer": held.customer,
        "form": form,
        "may_change": open_,
        "result": _result(user, held.customer, form, held) if request.method == "POST" else _as_kept(user, held),
        "versions": versions,
        "signed": signed,
        "is_newer": held.shown is not None and held.shown.terms != held.terms and held.may_change,
        "drop_form": DropForm(auto_id="drop-%s"),
        "ends_on": showing.ends_on(held.starts_on, held.terms),
        "room": room_of(user, held.customer, held.starts_on) if open_ and held.shown_id else [],
        "panels": collect(settings.PROMOTION_PLAN_PANELS, request, plan=held)["main"],
        "may_take": True,
    }
    return render(
        request, "promotions/calculator/plan.html", context, status=422 if form.errors and not form.is_reshaped else 200
    )


def _as_kept(user, plan: PromotionPlan) -> showing.Shown:
    """What is agreed or dropped is estimated no more."""
    if not plan.may_change:
        return showing.shown(plan.terms)
    head = {"kind": plan.kind, "starts_on": plan.starts_on}
    return _with_estimate(user, plan.customer, plan.terms, head, plan)


def _result(user, customer, form: PlanForm, plan: PromotionPlan | None = None) -> showing.Shown | None:
    """What the numbers typed so far bring; None while they cannot be reckoned."""
    if not form.is_valid():
        return None
    try:
        return _with_estimate(user, customer, actions.checked(form.terms()), form.fields(), plan)
    except (ValidationError, Refused):
        return None


def _with_estimate(user, customer, terms, head, plan: PromotionPlan | None) -> showing.Shown:
    author = author_of(user, plan)
    found = estimate(user, customer, kind=head["kind"], starts_on=head["starts_on"], terms=terms, author=author)
    return showing.with_estimate(showing.shown(terms), shown_estimate(found, user))


@require_POST
@login_required
def reckon(request, pk):
    """Live, as one types: nothing is written."""
    held = plan_of(request, pk)
    return _live(request, _result(request.user, held.customer, PlanForm(request.POST, plan=held), held))


@require_POST
@login_required
def reckon_new(request, pk):
    held = customer_of(request, pk)
    return _live(request, _result(request.user, held, PlanForm(request.POST)))


def _live(request, result: showing.Shown | None):
    return render(request, "promotions/calculator/_result.html", {"result": result, "may_take": True})


# --- versions -----------------------------------------------------------------------------------------------------


@require_POST
@login_required
def keep(request, pk):
    held = plan_of(request, pk)
    refuse_readers(request)
    return _done(request, held, lambda: actions.keep_version(plan=held, by=request.user), _("Kept, to come back to."))


@require_POST
@login_required
def show(request, pk):
    held = plan_of(request, pk)
    refuse_readers(request)
    told = _("The customer sees it now, and can put in their own costs and sign.")
    return _done(request, held, lambda: actions.show_plan(plan=held, by=request.user), told)


@require_POST
@login_required
def sign(request, pk):
    held = plan_of(request, pk)
    refuse_readers(request)
    variant, seen = signed_of(request.POST)
    try:
        actions.sign(plan=held, variant=variant, side=SignatureSide.BRAND, seen=seen, by=request.user)
    except OverBudget as refusal:
        messages.error(request, flaws_of(refusal))
        return redirect(f"{reverse('promotions:plan-budget', args=[pk])}?variant={variant}")
    except ValidationError as refusal:
        messages.error(request, flaws_of(refusal))
    else:
        messages.success(request, _("Signed for us."))
    return redirect("promotions:plan", pk=pk)


@require_POST
@login_required
def drop(request, pk):
    held = plan_of(request, pk)
    refuse_readers(request)
    why = request.POST.get("why", "")
    return _done(request, held, lambda: actions.drop_plan(plan=held, why=why, by=request.user), _("Dropped."))


@require_POST
@login_required
def take(request, pk, number):
    """A kept version becomes what is being reckoned again."""
    held = plan_of(request, pk)
    refuse_readers(request)
    terms = version_of(held, number).terms
    told = _("You go on from version %(n)d.") % {"n": number}
    return _done(request, held, lambda: actions.change_plan(plan=held, by=request.user, terms=terms), told)


def _done(request, plan: PromotionPlan, act, told: str):
    try:
        act()
    except ValidationError as refusal:
        messages.error(request, flaws_of(refusal))
    else:
        messages.success(request, told)
    return redirect("promotions:plan", pk=plan.pk)


@require_safe
@login_required
def version(request, pk, number):
    held = plan_of(request, pk)
    found = version_of(held, number)
    context = {"plan": held, "customer": held.customer, "held": found, "result": showing.shown(found.terms)}
    context["ends_on"] = showing.ends_on(held.starts_on, found.terms)
    context["may_write"] = request.user.may_write and held.may_change
    return render(request, "promotions/calculator/version.html", context)


@require_safe
@login_required
def paper(request, pk, number, side):
    """One page to print or keep as a file, for one side, in a language of one's choice."""
    if side not in SIDES:
        raise Http404
    held = plan_of(request, pk)
    found = version_of(held, number)
    language = request.GET.get("language", "")
    with translation.override(language if language in dict(settings.LANGUAGES) else translation.get_language()):
        sides = SIDES if side == "brand" or held.shows_brand else ("customer",)
        context = {
            "plan": held,
            "customer": held.customer,
            "held": found,
            "side": side,
            "on_paper": True,
            "result": showing.shown(found.terms, sides=sides),
            "ends_on": showing.ends_on(held.starts_on, found.terms),
        }
        return render(request, "promotions/calculator/paper.html", context)
