"""Pages of issues: what is open, one of them, and the customer's own."""

from __future__ import annotations

import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crm.accounts.models import Region
from crm.clock import is_meant, now, today
from crm.listing.keyset import Order, page
from customers.issues import actions, measuring, reading
from customers.issues.checking import owners_open_to, tier_of
from customers.issues.forms import IssueForm
from customers.issues.models import UNSOLVED, Category, Issue, Origin, Severity, State
from customers.issues.reading import ALL, LATE, TO_BEGIN, UNSOLVED_WORD, Filters
from customers.issues.rulemodels import IssueCause
from customers.issues.rules import brand_row, terms_now, work_clock
from customers.issues.terms import due
from customers.profile.doors import edits, number_of, refuse_readers
from customers.profile.models import Customer

BY_DUE = Order("due", "due_on", form="date")
NEWEST = Order("reported", "reported_on", form="date")
PEOPLE = 200


def issue_of(request, pk) -> Issue:
    names = ("customer__standing", "owner", "person", "opened_by", "cause")
    rows = Issue.objects.visible_to(request.user).select_related(*names)
    return get_object_or_404(rows, pk=pk)


def filters_of(params) -> Filters:
    """From the address; what is unknown there asks for nothing."""
    state = params.get("state", UNSOLVED_WORD)
    severity, owner = params.get("severity", ""), params.get("owner", "")
    return Filters(
        state=state if state in {UNSOLVED_WORD, TO_BEGIN, LATE, ALL, *State.values} else UNSOLVED_WORD,
        severity=int(severity) if severity in {"1", "2", "3", "4"} else None,
        category=params.get("category", "") if params.get("category") in Category.values else "",
        origin=params.get("origin", "") if params.get("origin") in Origin.values else "",
        owner=owner if owner in ("me", "none") or number_of(owner) is not None else "",
        customer=number_of(params.get("customer", "")),
        region=number_of(params.get("region", "")),
        cause=number_of(params.get("cause", "")),
        again=params.get("again") == "1",
        since=_day_of(params.get("since", "")),
    )


def _day_of(text: str) -> datetime.date | None:
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        return None
    return day if is_meant(day) else None


@require_safe
@login_required
def issue_list(request):
    """?state= severity= category= origin= owner=me, none or a number; sorted by the day they have to be solved by,
    what is over by the day it was reported."""
    user, day, moment = request.user, today(), now()
    asked = filters_of(request.GET)
    over = asked.state not in (UNSOLVED_WORD, TO_BEGIN, LATE, *UNSOLVED)
    found = page(
        reading.with_names(reading.narrowed(user, asked, moment)),
        NEWEST if over else BY_DUE,
        over,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    people = list(owners_open_to(user)[:PEOPLE])
    plain = Filters()
    context = {
        "page": found,
        "issues": found.rows,
        "asked": asked,
        "counts": reading.counts(user, moment),
        "filters": _chips(asked, people, user),
        "narrowed": asked != plain,
        "waves": waves_shown(user, day),
        "soon": day + reading.SOON,
        "may_write": user.may_write,
    }
    return render(request, "customers/issues/list.html", context)


def waves_shown(user, day: datetime.date) -> list[tuple[measuring.NamedWave, str]]:
    """(what goes round at many shops of a region, its class in words), for whoever looks after more than their own."""
    if not (user.is_head or user.is_admin):
        return []
    labels = dict(Category.choices)
    return [(one, labels[one.category]) for one in measuring.waves_seen_by(user, day, brand_row())]


def _chips(asked: Filters, people, user) -> list[dict]:
    states = [(LATE, _("late")), (TO_BEGIN, _("to begin")), *State.choices, (ALL, _("all"))]
    owners = [("me", _("mine")), ("none", _("nobody's")), *((str(one.pk), str(one)) for one in people if one != user)]
    state = "" if asked.state == UNSOLVED_WORD else asked.state
    severity = "" if asked.severity is None else str(asked.severity)
    severities = [(str(value), label) for value, label in reversed(Severity.choices)]
    causes = [(str(one.pk), str(one)) for one in IssueCause.objects.visible_to(user)]
    cause = "" if asked.cause is None else str(asked.cause)
    chips = [
        _chip(_("State"), "state", state, states),
        _chip(_("How bad"), "severity", severity, severities),
        _chip(_("About"), "category", asked.category, Category.choices),
        _chip(_("Who sees to it"), "owner", asked.owner, owners),
        _chip(_("Origin"), "origin", asked.origin, Origin.choices),
        _chip(_("Why"), "cause", cause, causes),
        _chip(_("Again"), "again", "1" if asked.again else "", [("1", _("the same again"))]),
    ]
    if asked.region is not None:  # asked for by a link: one problem at many
        named = Region.objects.visible_to(user).filter(pk=asked.region)
        chips.append(_chip(_("Region"), "region", str(asked.region), [(str(one.pk), one.name) for one in named]))
    if asked.since is not None:
        chips.append(_chip(_("Reported since"), "since", str(asked.since), [(str(asked.since), str(asked.since))]))
    return chips


def _chip(label, name, value, choices) -> dict:
    return {"label": label, "name": name, "value": value, "shown": dict(choices).get(value, value), "choices": choices}


@require_safe
@login_required
def customer_issues(request, pk):
    """The customer's tab: what is open, then the others, the latest first."""
    customer = _customer(request, pk)
    user, day = request.user, today()
    rows = reading.with_names(Issue.objects.visible_to(user).filter(customer=customer))
    found = page(rows.over(), NEWEST, True, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    first = not (request.GET.get("after") or request.GET.get("before"))
    rate = reading.solved_in_time([customer.pk], day - measuring.PACE_DAYS, day).get(customer.pk)
    context = {
        "customer": customer,
        "open": list(reading.open_of(user, customer)[:100]) if first else [],
        "over": found.rows,
        "page": found,
        "rate": rate,
        "soon": day + reading.SOON,
        "may_write": user.may_write,
    }
    return render(request, "customers/issues/customer.html", context)


def _customer(request, pk) -> Customer:
    rows = Customer.objects.visible_to(request.user).select_related("standing", "region")
    return get_object_or_404(rows, pk=pk)


@edits
@login_required
def new(request):
    """?customer=ID, and what is known already: ?category= (or class=), severity=, origin=, title=."""
    asked = number_of(request.GET.get("customer", ""))
    customer = _customer(request, asked) if asked is not None else None
    refuse_readers(request)
    if customer is None:
        messages.info(request, _("Open the customer it is about, and write the issue down there."))
        return redirect("customers:list")
    form = IssueForm(request.POST or None, by=request.user, customer=customer, initial=_known(request.GET))
    if request.method == "POST" and form.is_valid():
        try:
            issue = actions.open_issue(customer=customer, by=request.user, **form.values())
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The issue is written down."))
            return redirect("issues:detail", pk=issue.pk)
    context = {"customer": customer, "form": form, "usual": _usual(customer, form["category"].value())}
    return render(request, "customers/issues/form.html", context, status=422 if form.errors else 200)


def _usual(customer: Customer, category) -> list[tuple[str, datetime.datetime]]:
    """Until when it would have to be solved, by how bad it is."""
    rules, moment = terms_now(), now()
    work, tier = work_clock(rules), tier_of(customer)
    try:
        dues = [due(moment, str(category), tier, value, rules, work) for value in Severity.values]
    except ValueError:  # it would take years: writing one down says so
        return []
    return [(label, one.solve_at) for label, one in zip(Severity.labels, dues, strict=True)]


def _known(params) -> dict:
    category = params.get("category") or params.get("class") or ""
    return {
        "reported_on": today(),
        "title": params.get("title", "")[:120],
        "category": category if category in Category.values else Category.SUPPLY,
        "severity": params.get("severity") if params.get("severity") in {"1", "2", "3", "4"} else Severity.ANNOYING,
        "origin": params.get("origin") if params.get("origin") in Origin.values else Origin.TOLD,
    }
