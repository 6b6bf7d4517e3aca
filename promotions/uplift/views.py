"""The result of a promotion: what it brought, drawn, in words, with what it rests on."""

from __future__ import annotations

import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Count, Q, Sum
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import formats
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.clock import today
from customers.profile.doors import flaws_of, refuse_readers
from customers.profile.models import Customer
from promotions.calculator.showing_estimates import record_text
from promotions.rollout import reading
from promotions.rollout.models import Compliance, Participation, Promotion
from promotions.uplift.jobs import ask_to_measure
from promotions.uplift.outcomes import of_promotion
from promotions.uplift.records import records
from promotions.uplift.telling import after_sentence, sentence

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 760, 260, 10, 12, 24


@require_safe
@login_required
def result(request, pk):
    held = get_object_or_404(reading.promotions(request.user), pk=pk)
    parts = Participation.objects.visible_to(request.user).taking_part().filter(promotion=held)
    counting = {code: Count("pk", filter=Q(compliance=code)) for code in Compliance.values}
    money = parts.aggregate(claimed=Sum("claim"), settled=Sum("settled"), **counting)
    context = {
        "promotion": held,
        "result": held.result,
        "told": sentence(held.result) if held.result else "",
        "after": after_sentence(held.result.get("after")) if held.result and held.result["measurable"] else "",
        "drawn": drawn(held) if held.result and held.result["measurable"] else None,
        "is_over": held.ends_on < today(),
        "left_out": left_out_of(request.user, held),
        "money": money,
        "counted": money,
        "by_plan": of_promotion(request.user, held),
        "may_write": request.user.may_write,
    }
    return render(request, "promotions/uplift/result.html", context)


@require_safe
@login_required
def estimates(request):
    """Forecast against actual, person by person."""
    user = request.user
    found = [(record_text(one.record, one.person, user), one) for one in records(user)]
    return render(request, "promotions/uplift/estimates.html", {"records": found})


def left_out_of(user, promotion: Promotion) -> list[tuple[str, str]]:
    """(code, why) of the shops left out that this person sees: a result is of the whole promotion, names are not."""
    left_out = (promotion.result or {}).get("left_out", {})
    seen = Customer.objects.visible_to(user).filter(code__in=list(left_out)).order_by("code")
    return [(code, left_out[code]) for code in seen.values_list("code", flat=True)] if left_out else []


@require_POST
@login_required
def measure(request, pk):
    held = get_object_or_404(reading.promotions(request.user), pk=pk)
    refuse_readers(request)
    try:
        ask_to_measure(held, request.user)
    except ValidationError as refusal:
        messages.error(request, flaws_of(refusal))
    else:
        messages.success(request, _("It is being measured; the bell tells when it is done."))
    return redirect("promotions:result", pk=pk)


def drawn(promotion: Promotion) -> dict:
    """Actual against what would have been, a point a day, with its band; as coordinates of an SVG."""
    course = (promotion.result or {})["course"]
    n = len(course["actual"])
    top = max(value for name in ("actual", "high") for value in course[name] if value is not None) or 1.0
    first = datetime.date.fromisoformat(course["first"])

    def across(step: float) -> float:
        return round(LEFT + (WIDTH - 2 * LEFT) * step / max(1, n - 1), 1)

    def down(value: float) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top), 1)

    def line(name: str) -> str:
        return " ".join(f"{across(i)},{down(v)}" for i, v in enumerate(course[name]) if v is not None)

    back = [f"{across(i)},{down(v)}" for i, v in enumerate(course["low"]) if v is not None]
    begin = (promotion.starts_on - first).days
    return {
        "actual": line("actual"),
        "expected": line("expected"),
        "band": f"{line('high')} {' '.join(reversed(back))}",
        "begin": across(begin),
        "wide": round(across(n - 1) - across(begin), 1),
        "ticks": [
            (across(i), formats.date_format(first + datetime.timedelta(days=i), "MONTH_DAY_FORMAT"))
            for i in range(0, n, max(1, n // 5))
        ],
    }
