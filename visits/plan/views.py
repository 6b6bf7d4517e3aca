"""Pages of visits: what is coming and what was, one visit, and the customer's own."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm import panels
from crm.clock import today
from crm.workdays import next_working_day
from customers.profile.doors import customer_of, edits, flaws_of, number_of, refuse_readers
from customers.profile.models import Customer
from customers.slumps.actions import mark_planned
from customers.slumps.models import SlumpAlert
from visits.plan import actions, reading, rhythm_views, suggestions
from visits.plan.forms import CallOffForm, DoneForm, VisitForm
from visits.plan.models import PlannedVisit, Purpose, State
from visits.plan.taking import taken
from visits.plan.visiting import in_charge_on, refuse_form, visitors_open_to, visits_anybody

ALL = "all"
MOST_UNPLANNED = 8


def _visit(request, pk) -> PlannedVisit:
    return get_object_or_404(reading.with_goals(reading.rows_for(request.user)), pk=pk)


def _back(request, visit: PlannedVisit):
    """Where a tap came from."""
    back = request.POST.get("next", "")
    if back == "today":
        return redirect("crm:home")
    if back == "list":
        return redirect("visits:list")
    return redirect("visits:detail", pk=visit.pk)


@require_safe
@login_required
def visit_list(request):
    """?person=ID or all (heads and others who see several people's); ?show=earlier with ?before= the key to go on from.
    A market manager sees their own.
    """
    user, day = request.user, today()
    asked = request.GET.get("person", "")
    people = [] if user.role == "manager" else list(visitors_open_to(user)[:200])
    mine = user if visits_anybody(user) else None
    chosen = next((one for one in people if str(one.pk) == asked), None)
    visitor = None if asked == ALL and people else chosen or mine
    context = {
        "today": day,
        "next_day": next_working_day(day),
        "filters": _people_filter(people, visitor, asked, mine) if people else [],
        "several": visitor is None or visitor != user,
        "visitor": visitor,
        "may_write": user.may_write,
        "show": "earlier" if request.GET.get("show") == "earlier" else "coming",
        "back": "list",
    }
    if context["show"] == "earlier":
        rows = reading.rows_for(user, visitor)
        number = number_of(request.GET.get("before", ""))
        before = rows.filter(pk=number).first() if number is not None else None
        context["visits"], context["more"] = reading.earlier(rows, before)
        context["days"] = reading.by_day(context["visits"])
    else:
        context["coming"] = reading.coming(user, visitor, day)
        context["lines"] = rhythm_views.unplanned(user, visitor, day, MOST_UNPLANNED) if visitor is not None else []
    return render(request, "visits/list.html", context)


def _people_filter(people, visitor, asked, mine) -> list[dict]:
    choices = [(ALL, _("Everybody")), *((str(one.pk), str(one)) for one in people if one != mine)]
    value = ALL if visitor is None else str(visitor.pk) if asked and visitor != mine else ""
    shown = _("Everybody") if visitor is None else str(visitor)
    return [{"label": _("Who goes"), "name": "person", "value": value, "shown": shown, "choices": choices}]


@require_safe
@login_required
def customer_visits(request, pk):
    """The customer's tab: what is planned, and what was, the latest first."""
    customer = customer_of(request, pk)
    rows = reading.rows_for(request.user).filter(customer=customer)
    number = number_of(request.GET.get("before", ""))
    before = rows.filter(pk=number).first() if number is not None else None
    visits, more = reading.earlier(rows, before)
    context = {
        "customer": customer,
        "planned": list(rows.planned().in_order()[: reading.MOST_LATE]) if before is None else [],
        "visits": visits,
        "more": more,
        "today": today(),
        "may_write": request.user.may_write,
    }
    return render(request, "visits/customer.html", context)


@require_safe
@login_required
def detail(request, pk):
    visit = _visit(request, pk)
    day = today()
    context = {
        "visit": visit,
        "today": day,
        "is_late": visit.is_planned and visit.day < day,
        "may_be_made": visit.is_planned and visit.day <= day,
        "may_be_reported": visit.state != State.CANCELLED and visit.day <= day,
        "next_day": next_working_day(day),
        "done_form": DoneForm(visit=visit, initial={"version": visit.version}, auto_id="done-%s"),
        "may_write": request.user.may_write,
        "may_end": request.user.may_write and visit.ends,
        "panels": panels.collect(settings.VISIT_PANELS, request, visit=visit),
    }
    return render(request, "visits/detail.html", context)


@edits
@login_required
def plan(request):
    """?customer=ID: the form, filled in with who is in charge and the next working day; see `_asked` for more."""
    number = number_of(request.GET.get("customer", ""))
    rows = Customer.objects.visible_to(request.user).select_related("standing", "region")
    customer = get_object_or_404(rows, pk=number) if number is not None else None
    refuse_readers(request)
    if customer is None:
        messages.info(request, _("Choose whom to visit: open a customer, or tick some in the list."))
        return redirect("customers:list")
    day = next_working_day(today())
    visitor = in_charge_on(customer, day) or (request.user if visits_anybody(request.user) else None)
    initial = {"visitor": visitor, "day": day, **_asked(request)}
    offered = suggestions.of(request.user, customer, today())
    if "take" in request.POST:
        form = VisitForm(by=request.user, initial=taken(request.POST, offered))
        return _form(request, form, customer, offered)
    form = VisitForm(request.POST or None, by=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            visit = actions.plan_visit(customer=customer, by=request.user, links=offered.links, **form.values())
            _tell_slump(request, customer)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The visit on %(day)s is planned.") % {"day": _day(visit.day)})
            return redirect("visits:detail", pk=visit.pk)
    return _form(request, form, customer, offered)


def _form(request, form: VisitForm, customer: Customer, offered, visit: PlannedVisit | None = None):
    """With the goals suggested that are none yet."""
    said = [" ".join(line.split()) for line in str(form["goals"].value() or "").splitlines()]
    about = [one.link for one in visit.goals.all()] if visit is not None else []
    context = {"customer": customer, "visit": visit, "form": form, "offered": offered.without(said, about)}
    return render(request, "visits/form.html", context, status=422 if form.errors else 200)


def _asked(request) -> dict:
    """?purpose= and ?goals= (one a line): what whoever leads here wants the visit to be about."""
    purpose, goals = request.GET.get("purpose", ""), request.GET.get("goals", "")[:2000]
    asked = {"purpose": purpose} if purpose in Purpose.values else {}
    return asked | ({"goals": goals} if goals else {})


def _tell_slump(request, customer: Customer) -> None:
    """?slump=ID: the slump that the visit is about says that it is planned."""
    number = number_of(request.GET.get("slump", ""))
    alert = SlumpAlert.objects.visible_to(request.user).filter(pk=number, customer=customer).first() if number else None
    if alert is not None and alert.is_on:
        mark_planned(alert=alert, by=request.user)


@edits
@login_required
def edit(request, pk):
    visit = _visit(request, pk)
    refuse_readers(request)
    offered = _offered(request, visit)
    if "take" in request.POST:
        form = VisitForm(by=request.user, visit=visit, initial=taken(request.POST, offered))
        return _form(request, form, visit.customer, offered, visit)
    form = VisitForm(request.POST or None, by=request.user, visit=visit)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            actions.change_visit(visit=visit, by=request.user, version=version, links=offered.links, **form.values())
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("visits:detail", pk=pk)
    return _form(request, form, visit.customer, offered, visit)


def _offered(request, visit: PlannedVisit) -> suggestions.Offered:
    """Of a customer whom this person sees; who makes a visit to one they no longer see is told nothing of it."""
    if not visit.sees_customer:
        return suggestions.NOTHING
    return suggestions.of(request.user, visit.customer, today())


@require_POST
@login_required
def take_goal(request, pk):
    """key: of a suggestion, which becomes a goal; one that is a goal already stays one."""
    visit = _visit(request, pk)
    refuse_readers(request)
    offered = _offered(request, visit)
    chosen = offered.by_key(request.POST.get("key", ""))
    if chosen is None:
        messages.error(request, _("This is not suggested any more."))
        return redirect("visits:detail", pk=pk)
    try:
        actions.take_goal(visit=visit, text=chosen.text, link=chosen.link, by=request.user)
    except ValidationError as refusal:
        messages.error(request, flaws_of(refusal))
    else:
        messages.success(request, _("It is a goal of this visit."))
    return redirect("visits:detail", pk=pk)


@edits
@login_required
def done(request, pk):
    """With a form, or in one tap from a list."""
    visit = _visit(request, pk)
    refuse_readers(request)
    refuse_form(request, visit)
    form = DoneForm(request.POST or None, visit=visit, initial={"version": visit.version})
    if request.method == "POST" and form.is_valid():
        try:
            actions.mark_done(visit=visit, by=request.user, **form.values())
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            undo = f"undo={reverse('visits:reopen', args=[pk])}"
            messages.success(request, _("The visit to %(name)s is made.") % _named(visit), extra_tags=undo)
            return _back(request, visit)
    context = {"visit": visit, "form": form}
    return render(request, "visits/done.html", context, status=422 if form.errors else 200)


@edits
@login_required
def call_off(request, pk):
    visit = _visit(request, pk)
    refuse_readers(request)
    refuse_form(request, visit)
    form = CallOffForm(request.POST or None, visit=visit)
    if request.method == "POST" and form.is_valid():
        try:
            actions.call_off(visit=visit, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            undo = f"undo={reverse('visits:reopen', args=[pk])}"
            messages.success(request, _("The visit to %(name)s is called off.") % _named(visit), extra_tags=undo)
            return redirect("visits:list")
    context = {"visit": visit, "form": form}
    return render(request, "visits/call_off.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def move(request, pk):
    """To the next working day, in one tap."""
    visit = _visit(request, pk)
    refuse_readers(request)
    day = next_working_day(max(today(), visit.day))
    try:
        moved = actions.change_visit(visit=visit, by=request.user, day=day)
    except ValidationError as refusal:
        messages.error(request, flaws_of(refusal))
        return redirect("visits:edit" if visit.is_planned else "visits:detail", pk=pk)
    text = _("The visit to %(name)s is on %(day)s now.")
    if visit.is_agreed and not moved.is_agreed:
        text = _("The visit to %(name)s is on %(day)s now, which is not agreed with the customer yet.")
    messages.success(request, text % {**_named(visit), "day": _day(moved.day)})
    return _back(request, visit)


@require_POST
@login_required
def reopen(request, pk):
    visit = _visit(request, pk)
    refuse_readers(request)
    try:
        actions.reopen_visit(visit=visit, by=request.user)
    except ValidationError as refusal:
        messages.error(request, flaws_of(refusal))
    else:
        messages.success(request, _("The visit is planned again."))
    return redirect("visits:detail", pk=pk)


def _named(visit: PlannedVisit) -> dict[str, str]:
    return {"name": visit.customer.name}


def _day(day) -> str:
    return formats.date_format(day, "MONTH_DAY_FORMAT")
