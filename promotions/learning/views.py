"""The quarter's actions beside each other, the learning library, and lessons written at the end of a promotion."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crm.clock import today
from crm.listing.keyset import Order, page
from crm.periods import shift_month
from customers.profile.doors import edits, refuse_readers, tell
from customers.support.entitling import next_quarter, quarter_from
from customers.support.words import quarter as quarter_name
from promotions.calculator.models import PromotionKind
from promotions.learning import library as learned
from promotions.learning.actions import is_over, write_lesson
from promotions.learning.forms import LessonForm
from promotions.learning.quarter import picture
from promotions.learning.scatter import scatter
from promotions.learning.showing import lines_shown, quarter_shown, shop_name
from promotions.learning.words import BASES, MEASURES, SIDES
from promotions.rollout import reading

NEWEST = Order("lessons", "pk", form="int")
YEARS = ("1", "2", "3")
BYS = ("all", "shop", "region")


# --- the quarter --------------------------------------------------------------------------------------------------


@require_safe
@login_required
def quarter(request):
    """What was agreed and carried out in a quarter, on influence, profit and cost."""
    first = quarter_from(request.GET.get("quarter", ""), today())
    measure = _one_of(request, "influence", MEASURES)
    side = _one_of(request, "side", SIDES)
    basis = _one_of(request, "basis", BASES)
    found = picture(request.user, first, measure=measure, side=side, basis=basis)
    shown = quarter_shown(found, measure)
    context = {
        "first": first,
        "name": quarter_name(first),
        "earlier": next_quarter(first, -1),
        "later": next_quarter(first),
        "picture": found,
        "shown": shown,
        "drawn": scatter(found, {row.action.key: row.number for row in shown}, str(MEASURES[measure])),
        "measure": measure,
        "side": side,
        "basis": basis,
        "measures": MEASURES,
        "sides": SIDES,
        "bases": BASES,
        "influence": MEASURES[measure],
        "profit": SIDES[side],
        **{f"{stands}_mark": {"stands": stands} for stands in ("front", "outdone", "unknown")},
    }
    return render(request, "promotions/learning/quarter.html", context)


def _one_of(request, name: str, known) -> str:
    """The first where nothing, or nothing known, was asked for."""
    value = request.GET.get(name, "")
    return value if value in known else next(iter(known))


# --- the library --------------------------------------------------------------------------------------------------


def _since(years: str):
    return shift_month(today(), -12 * int(years)) if years in YEARS else None


def _asked(request) -> dict:
    """by, kind, of, years, as the address says; what is unheard of counts as nothing."""
    by = request.GET.get("by", "")
    kind = request.GET.get("kind", "")
    years = request.GET.get("years", "")
    return {
        "by": by if by in BYS else "shop",
        "kind": kind if kind in PromotionKind.values else "",
        "of": request.GET.get("of", ""),
        "years": years if years in YEARS else "",
    }


@require_safe
@login_required
def library(request):
    asked, text = _asked(request), " ".join(request.GET.get("q", "").replace("\0", "").split())[:80]
    found = learned.library(request.user, asked["by"], kind=asked["kind"], since=_since(asked["years"]))
    names = learned.region_names(one.label for one in found.lines)
    choices = sorted({one.label: shop_name(one.label, names) for one in found.lines}.items(), key=lambda pair: pair[0])
    kept = [one for one in found.lines if not asked["of"] or one.label == asked["of"]]
    lessons = page(learned.lessons(request.user, text).order_by(), NEWEST, True, after=request.GET.get("after", ""))
    context = {
        **asked,
        "bys": [("shop", _("By kind of shop")), ("region", _("By region")), ("all", _("All shops together"))],
        "lines": lines_shown(kept, names),
        "library": found,
        "filters": _filters(asked, choices),
        "narrowed": bool(asked["kind"] or asked["of"] or asked["years"]),
        "lessons": lessons.rows,
        "page": lessons,
        "q": text,
        "fewest": learned.FEWEST,
    }
    return render(request, "promotions/learning/library.html", context)


def _filters(asked: dict, choices: list[tuple[str, str]]) -> list[dict]:
    kinds = [(value, str(label)) for value, label in PromotionKind.choices]
    years = [("1", _("One year")), ("2", _("Two years")), ("3", _("Three years"))]
    where = _("Region") if asked["by"] == "region" else _("Kind of shop")
    of = asked["of"] if asked["of"] in dict(choices) else ""
    made = [
        {"label": _("Kind of promotion"), "name": "kind", "value": asked["kind"], "choices": kinds},
        {"label": where, "name": "of", "value": of, "choices": choices},
        {"label": _("Ended within"), "name": "years", "value": asked["years"], "choices": years},
    ]
    if asked["by"] == "all":
        del made[1]
    return [one | {"shown": dict(one["choices"]).get(one["value"], "")} for one in made]


@require_safe
@login_required
def line(request):
    """The promotions behind one line, each with how it went, and what to repeat or avoid."""
    asked = _asked(request)
    found = learned.library(request.user, asked["by"], kind=asked["kind"], of=asked["of"], since=_since(asked["years"]))
    if not asked["kind"] or not asked["of"] or len(found.lines) != 1:
        raise Http404
    held = found.lines[0]
    shown = lines_shown([held], learned.region_names([held.label]))[0]
    lessons = learned.lessons_of(request.user, [one.promotion for one in held.cases])
    context = {**asked, "line": shown, "cases": [(one, lessons.get(one.case.promotion, [])) for one in shown.cases]}
    return render(request, "promotions/learning/line.html", context)


# --- lessons ------------------------------------------------------------------------------------------------------


@edits
@login_required
def lesson(request, pk):
    """Write down what a promotion taught."""
    held = get_object_or_404(reading.promotions(request.user), pk=pk)
    refuse_readers(request)
    form = LessonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            write_lesson(promotion=held, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _("Written down. It stands in the library."))
            return redirect("promotions:result", pk=pk)
    context = {"form": form, "promotion": held, "is_over": is_over(held)}
    return render(request, "promotions/learning/lesson.html", context, status=422 if form.errors else 200)
