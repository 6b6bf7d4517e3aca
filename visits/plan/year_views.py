"""Pages of a year: what there is against what is needed, days without visits, the pace, and calls instead of visits."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import formats
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from crm.clock import today
from customers.profile.doors import edits, flaws_of, number_of, refuse_readers
from customers.profile.models import Customer
from visits.plan import busy, rhythm_words, rhythms
from visits.plan.choosing import people_filter, somebody
from visits.plan.models import PlannedVisit
from visits.plan.rhythm_forms import BusyForm, CallsForm, PaceForm
from visits.plan.rhythm_models import BusyDay
from visits.plan.visiting import visitors_open_to
from visits.plan.yearly import Cell, listed_shops, theirs_by_name, year_of

FULL = 100
SHADES = ((0, "h0"), (40, "h1"), (70, "h2"), (90, "h3"), (FULL, "h4"))
"""Up to so many percent of a day, and its shade; above a full day it is marked."""


def _year(request) -> int:
    """This one, the one before or one of the two to come."""
    asked, now = number_of(request.GET.get("year", "")), today().year
    return asked if asked is not None and now - 1 <= asked <= now + 2 else now


@require_safe
@login_required
def year(request):
    """?person=ID&year=: whether a person's year fits, month by month, day by day, and what to cut if not."""
    person = somebody(request)
    number, day = _year(request), today()
    if person is None:
        return render(request, "visits/year.html", {"year": number})
    found = year_of(request.user, person, number, day)
    context = {
        "found": found,
        "person": person,
        "filters": people_filter(request, person),
        "year": number,
        "years": range(day.year - 1, day.year + 3),
        "sentence": rhythm_words.sentence(found),
        "needs": rhythm_words.number(found.cuts.needs),
        "has": rhythm_words.number(found.cuts.has),
        "missing": rhythm_words.number(found.cuts.missing),
        "months": [_line(one) for one in found.lines],
        "heat": [(MONTHS[n], [_cell(one) for one in cells]) for n, cells in enumerate(found.cells, 1)],
        "day_numbers": range(1, 32),
        "calls": listed_shops(found, found.cuts.calls.ids),
        "handover": [_region(one, found, person) for one in found.cuts.handover],
        "keeps": busy.keeps(request.user, person),
        "query": urlencode({"person": person.pk, "year": number}),
    }
    return render(request, "visits/year.html", context)


def _line(one) -> dict:
    kinds = [(str(label), one.days.off.get(kind)) for kind, label in BusyDay.Kind.choices]
    return {
        "name": MONTHS[one.days.month],
        "one": one,
        "free": rhythm_words.number(one.days.free),
        "needs": rhythm_words.number(one.needs),
        "off": [(label, rhythm_words.number(days)) for label, days in kinds if days],
        "is_over": one.needs > one.days.free,
    }


def _cell(one: Cell) -> dict:
    total = one.visits + one.forecast
    if one.free is None and not total:
        return {"shade": "off", "text": "", "title": ""}
    shade = next((name for most, name in SHADES if one.load <= most), "over")
    if one.free is not None and not one.free and not total:
        shade = "away"
    title = ngettext("%(day)s: %(n)d visit", "%(day)s: %(n)d visits", total) % {
        "day": formats.date_format(one.day, "MONTH_DAY_FORMAT"),
        "n": total,
    }
    return {"shade": shade, "text": total or "", "title": title}


def _region(cut, found, person) -> dict:
    url = f"{reverse('customers:list')}?{urlencode({'region': cut.region_id, 'manager': person.pk})}"
    return {"name": found.regions[cut.region_id], "cut": cut, "n": len(cut.ids), "url": url}


def _person(request):
    """?person= of those this person may send; else themselves, or the first of those."""
    rows, asked = visitors_open_to(request.user), request.GET.get("person", "")
    if asked:
        return get_object_or_404(rows, pk=number_of(asked) or 0)
    found = rows.filter(pk=request.user.pk).first() or rows.first()
    if found is None:
        raise Http404
    return found


def _back(person, number: int):
    return redirect(f"{reverse('visits:year')}?{urlencode({'person': person.pk, 'year': number})}")


def _entered(request, form, title: str, about=""):
    context = {"form": form, "title": title, "about": about, "back": reverse("visits:year"), "back_name": _("Year")}
    return render(request, "visits/entry.html", context, status=422 if form.errors else 200)


@edits
@login_required
def busy_new(request):
    refuse_readers(request)
    form = BusyForm(request.POST or None, by=request.user, initial={"person": request.GET.get("person")})
    if request.method == "POST" and form.is_valid():
        try:
            made = busy.add_busy(by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The days are written down."))
            if _is_visited(request.user, made):
                return redirect(f"{reverse('visits:lost-days')}?{urlencode({'person': made.person_id})}")
            return _back(made.person, made.first.year)
    return _entered(request, form, _("Days without visits"))


def _is_visited(user, made: BusyDay) -> bool:
    """Whether visits are planned on these days, which the page led to says more of."""
    rows = PlannedVisit.objects.visible_to(user).planned().made_by(made.person_id)
    return rows.between(max(made.first, today()), made.last).exists()


@require_POST
@login_required
def busy_remove(request, pk):
    row = get_object_or_404(BusyDay.objects.visible_to(request.user).select_related("person"), pk=pk)
    refuse_readers(request)
    try:
        busy.remove_busy(busy=row, by=request.user)
    except ValidationError as refusal:
        messages.error(request, flaws_of(refusal))
    else:
        messages.success(request, _("These days are free for visits again."))
    return _back(row.person, row.first.year)


@edits
@login_required
def pace(request):
    """?person=: how long a visit takes them."""
    refuse_readers(request)
    person = _person(request)
    if not busy.keeps(request.user, person):
        raise Http404
    held = busy.pace_of(request.user, person)
    form = PaceForm(request.POST or None, initial={"there": held.there, "travel": held.travel, "day": held.day})
    if request.method == "POST" and form.is_valid():
        try:
            busy.set_pace(person=person, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The pace is set."))
            return _back(person, today().year)
    return _entered(request, form, _("Pace of visits"), person)


@edits
@login_required
def calls(request):
    """?person=&year=: the customers that are cheapest to call instead; ticked ones are called from today on."""
    refuse_readers(request)
    person, number = _person(request), _year(request)
    form = CallsForm(request.POST or None)
    chosen: list[Customer] = []
    if request.method == "POST":
        wanted = {number_of(text) for text in request.POST.getlist("ids")[: rhythms.MOST_AT_ONCE + 1]} - {None}
        chosen = list(theirs_by_name(request.user, person, today()).filter(pk__in=wanted))
        if form.is_valid():
            try:
                made = rhythms.keep_by_calls(customers=chosen, by=request.user, **form.values())
            except ValidationError as refusal:
                form.add_error(None, refusal)
            else:
                n = len(made)
                text = ngettext("%(n)d customer is called instead.", "%(n)d customers are called instead.", n)
                messages.success(request, text % {"n": n})
                return _back(person, number)
    found = year_of(request.user, person, number, today())
    ticked = {one.pk for one in chosen}
    listed = listed_shops(found, sorted({*found.cuts.calls.ids, *(ticked & found.shops.keys())}))
    context = {
        "form": form,
        "person": person,
        "sentence": rhythm_words.sentence(found),
        "shops": [(name, shop, not ticked or shop.customer_id in ticked) for name, shop in listed],
        "query": urlencode({"person": person.pk, "year": number}),
    }
    return render(request, "visits/calls.html", context, status=422 if form.errors else 200)
