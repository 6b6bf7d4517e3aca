"""The customers list: one page of rows, and what the other slices know of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Sum
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from crm.access import reach_of
from crm.accounts.models import Region
from crm.clock import today
from crm.listing.keyset import page
from crm.listing.models import SavedView
from customers.care.kinds import offered_to
from customers.pages.rows import rows_of
from customers.profile import extras, listing
from customers.profile.actions import people_open_to, regions_open_to
from customers.profile.models import Customer, Kind, State
from customers.profile.tags import Tag
from customers.sales.reading import sparklines
from customers.tiers.models import RegionTier, StandingState
from customers.tiers.policies import rule_of
from customers.tiers.terms import Policy
from customers.tiers.tiering import windows_of

PAGE = 50
MOST_CHOICES = 500


@require_safe
@login_required
@vary_on_headers("HX-Request", "HX-Target")
def customer_list(request):
    params = request.GET
    filters = listing.Filters.read(params)
    order, descending = listing.order_of(params)
    counts = counters_of(request.user, filters)
    gathered = listing.gather(request.user, filters) if counts is None else None
    if gathered is None:
        customers = listing.narrowed(request.user, filters)
    else:
        counts = gathered.counts
        customers = Customer.objects.visible_to(request.user).filter(pk__in=gathered.of(filters.tier))
    found = page(
        listing.with_what_lists_show(customers),
        order,
        descending,
        after=params.get("after", ""),
        before=params.get("before", ""),
        size=PAGE,
        valued=listing.known_of_the_order(filters, order),
    )
    state = StandingState.objects.filter(figures_as_of__isnull=False).select_related("policy").first()
    rule = rule_of(state.policy) if state and state.policy else Policy()
    window = windows_of(rule, state.figures_as_of if state else today()).w0
    shown = {column.name for column in listing.columns_of(params)}
    ids = [customer.pk for customer in found.rows]
    extras.attach(found.rows, shown)
    months = sparklines(ids, until=window.last_day) if ids and "spark" in shown else {}
    context = {
        **frame_of(request, filters, counts),
        "rows": rows_of(found.rows, shown, months, state.figures_as_of if state else today()),
        "page": found,
        "window": window,
        "figures_as_of": state.figures_as_of if state else None,
        "sort": ("-" if descending else "") + order.name,
        "heads": _heads(shown, order.name, descending),
        "show": dict.fromkeys(shown, True),
        "column_choices": [
            {"key": c.name, "label": c.label, "shown": c.name in shown, "fixed": c.name in listing.FIXED}
            for c in listing.all_columns()
        ],
    }
    return render(request, "customers/_list.html" if request.htmx.target == "list" else "customers/list.html", context)


def frame_of(request, filters: listing.Filters, counts: dict[str, int] | None, shape: str = "list") -> dict[str, Any]:
    """What stands around the customers, as rows or as a map (shape): tiers, filters, saved views, the query itself."""
    query = request.GET.copy()
    for name in ("after", "before"):
        query.pop(name, None)
    return {
        "filters": filters,
        "segments": _segments(counts, filters.tier),
        "total": _total(counts, filters.tier),
        "counted": listing.COUNTED,
        "chips": _chips(request.user, filters, request.GET),
        "q": request.GET.get("q", ""),
        "narrowed": filters != listing.Filters(tier=filters.tier),
        "views": SavedView.objects.visible_to(request.user).filter(page="customers"),
        "here": query.urlencode(),
        "shape": shape,
        "base": reverse(SHAPES[shape]),
        "may_write": request.user.may_write,
        "bulk_kinds": offered_to(request.user),
    }


SHAPES = {"list": "customers:list", "map": "customers:map"}


_ENDS = {"sales", "before", "growth"}
_UNDER_THE_NAME = {"place"}


def _heads(shown: set[str], by: str, descending: bool) -> list[dict[str, Any]]:
    """The columns' heads; where the list can be sorted by one, with the order that a click brings."""
    heads = []
    orders = listing.all_orders()
    further = {column.name for column in extras.columns() if column.form == "money"}
    for column in listing.all_columns():
        if column.name not in shown or column.name in _UNDER_THE_NAME:
            continue
        head = {"label": column.label, "cls": "end" if column.name in _ENDS | further else "", "sort": "", "aria": ""}
        if column.order:
            active = column.order == by
            first = orders[column.order].descending_first
            down = not descending if active else first
            head["sort"] = ("-" if down else "") + column.order
            head["aria"] = ("descending" if descending else "ascending") if active else ""
            head["icon"] = ("sort-descending" if descending else "sort-ascending") if active else "arrows-sort"
        heads.append(head)
    return heads


def counters_of(user, filters: listing.Filters) -> dict[str, int] | None:
    """{tier: customers} of a list from the counters by region: one statement at any size.

    None where they do not answer: other filters than a region, customers in charge of by name, nothing counted yet.
    """
    reach = reach_of(user)
    if not filters.only_region or (reach.user_id is not None and not reach.everywhere):
        return None
    counters = RegionTier.objects.order_by()
    if not reach.everywhere:
        counters = counters.filter(region_id__in=reach.region_ids)
    if filters.region is not None:
        top = Region.objects.filter(pk=filters.region).values("path")[:1]
        counters = counters.filter(region__path__startswith=top)
    return dict(counters.values_list("tier").annotate(n=Sum("customers"))) or None


def _segments(counts: dict[str, int] | None, chosen: str | None) -> list[dict[str, Any]]:
    """All, A, B, C and, where there are any, those without a tier; with their numbers where they are known."""
    found: list[dict[str, Any]] = [
        {"tier": "", "label": _("All"), "n": None if counts is None else sum(counts.values())}
    ]
    found += [{"tier": letter, "label": "", "n": counts and counts.get(letter, 0)} for letter in "ABC"]
    if chosen == listing.NO_TIER or (counts and counts.get("")):
        found.append({"tier": listing.NO_TIER, "label": _("No tier"), "n": counts and counts.get("", 0)})
    for one in found:
        one["current"] = (chosen or "") == one["tier"]
    return found


def _total(counts: dict[str, int] | None, chosen: str | None) -> int | None:
    if counts is None:
        return None
    return sum(counts.values()) if chosen is None else counts.get("" if chosen == listing.NO_TIER else chosen, 0)


CHOICES = {
    "kind": gettext_lazy("Kind"),
    "state": gettext_lazy("State"),
    "region": gettext_lazy("Region"),
    "manager": gettext_lazy("In charge"),
    "province": gettext_lazy("Province"),
    "city": gettext_lazy("City"),
    "growth": gettext_lazy("Growth"),
    "quiet": gettext_lazy("No sale for"),
    "position": gettext_lazy("On the map"),
    "tag": gettext_lazy("Tag"),
}


def _labels() -> dict[str, Any]:
    return {**CHOICES, **{one.name: one.label for one in extras.filters()}}


def _short_choices(name: str) -> list[tuple[str, str]] | None:
    """The values of a filter that has few; None for one whose values are fetched."""
    if name == "kind":
        return [(value, str(label)) for value, label in Kind.choices]
    if name == "state":
        return [(value, str(label)) for value, label in State.choices]
    if name == "growth":
        return [("up", _("Growing")), ("down", _("Shrinking"))]
    if name == "position":
        return [("given", _("with a position")), ("none", _("without a position"))]
    if name == "quiet":
        return [(str(n), ngettext("%(n)d day", "%(n)d days", n) % {"n": n}) for n in listing.QUIET_DAYS]
    for one in extras.filters():
        if one.name == name:
            return [(value, str(label)) for value, label in one.choices]
    return None


@dataclass(slots=True)
class Chip:
    """A filter on the page: its menu is here (choices) or fetched when it is opened (none)."""

    name: str
    label: Any
    value: str = ""
    shown: str = ""
    choices: list[tuple[str, str]] | None = None


def _chips(user, filters: listing.Filters, params) -> list[Chip]:
    chips = [
        _chip("kind", filters.kind),
        _chip("state", filters.state),
        Chip("region", CHOICES["region"], str(filters.region or ""), _region_name(user, filters.region)),
        Chip("manager", CHOICES["manager"], str(filters.manager or ""), _person_name(user, filters.manager)),
        Chip("province", CHOICES["province"], filters.province, filters.province),
        _chip("growth", filters.growth),
        _chip("quiet", params.get("quiet") if filters.quiet_since else ""),
        *(_chip(one.name, dict(filters.further).get(one.name)) for one in extras.filters()),
        Chip("tag", CHOICES["tag"], filters.tag, filters.tag),
    ]
    if filters.province or filters.city:
        chips.insert(5, Chip("city", CHOICES["city"], filters.city, filters.city))
    if filters.placed:
        chips.append(_chip("position", filters.placed))
    if filters.ids is not None:
        chips.append(Chip("ids", _("Selected customers"), "1", str(len(filters.ids)), []))
    return chips


def _chip(name: str, value: str | None) -> Chip:
    choices = _short_choices(name) or []
    return Chip(name, _labels()[name], value or "", dict(choices).get(value or "", value or ""), choices)


def _region_name(user, pk: int | None) -> str:
    if pk is None:
        return ""
    region = regions_open_to(user).filter(pk=pk).first()
    return region.name if region else _("unknown")


def _person_name(user, pk: int | None) -> str:
    if pk is None:
        return ""
    person = people_open_to(user).filter(pk=pk).first()
    return str(person) if person else _("unknown")


@require_safe
@login_required
@vary_on_headers("HX-Request")
def choices(request, name: str):
    """The values of one filter, as links back to the list; fetched when its menu opens, a page without htmx."""
    if name not in _labels():
        raise Http404
    found = _choices_of(request.user, name, request.GET)
    for one in found[:MOST_CHOICES]:
        one["href"] = _list_with(request.GET, name, one["value"])
    context = {
        "name": name,
        "label": _labels()[name],
        "choices": found[:MOST_CHOICES],
        "more": len(found) > MOST_CHOICES,
        "value": request.GET.get(name, ""),
        "list_url": reverse(_shape(request.GET)),
    }
    return render(request, "customers/_choices.html" if request.htmx else "customers/choices.html", context)


def _list_with(params, name: str, value: str) -> str:
    """The list's address with one filter set; a province chosen anew lets go of the city."""
    params = params.copy()
    shape = reverse(_shape(params))
    for gone in ("after", "before", "shape", *(["city"] if name == "province" else [])):
        params.pop(gone, None)
    params[name] = value
    return f"{shape}?{params.urlencode()}"


def _shape(params) -> str:
    """Where a choice leads back to: the rows or, with ?shape=map, the map."""
    return SHAPES.get(params.get("shape", ""), SHAPES["list"])


def _choices_of(user, name: str, params) -> list[dict[str, Any]]:
    short = _short_choices(name)
    if short is not None:
        return [{"value": value, "label": label, "depth": ""} for value, label in short]
    if name == "region":
        regions = list(regions_open_to(user).order_by("path"))
        top = min((region.depth for region in regions), default=0)
        return [{"value": str(one.pk), "label": one.name, "depth": "\u3000" * (one.depth - top)} for one in regions]
    if name == "manager":
        return [{"value": str(one.pk), "label": str(one), "depth": ""} for one in people_open_to(user)]
    if name == "tag":
        names = Tag.objects.visible_to(user).values_list("name", flat=True)[: MOST_CHOICES + 1]
        return [{"value": one, "label": one, "depth": ""} for one in names]
    places = Customer.objects.visible_to(user).exclude(**{name: ""})
    if name == "city" and params.get("province"):
        places = places.filter(province=params["province"])
    values = places.order_by(name).values_list(name, flat=True).distinct()[: MOST_CHOICES + 1]
    return [{"value": value, "label": value, "depth": ""} for value in values]
