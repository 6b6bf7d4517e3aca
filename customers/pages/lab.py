"""Pages of the tier laboratory: a draft is tried on a day, and nothing is in force before it is adopted."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.jobs.models import Job
from crm.listing.keyset import Order, page
from crm.templatetags.ui import day as day_shown
from customers.pages import labwords
from customers.pages.explained import reason_text
from customers.pages.policywords import option_words, rule_words
from customers.profile.actions import regions_open_to
from customers.profile.doors import edits, flaws_of, number_of
from customers.tiers import adopting, trying
from customers.tiers.lab_forms import AdoptForm, KeepForm, LabForm, policy_of
from customers.tiers.labtold import counts_told, told
from customers.tiers.models import TierPolicy
from customers.tiers.movements import move
from customers.tiers.trials import TierTrial, TierTrialMove

SHOWN, REGIONS, TRIALS = 50, 40, 10
BY_SALES = Order("sales", "w0", key="customer_id", form="decimal", descending_first=True)
DIRECTIONS = {
    "up": Q(before="C", after__in=["A", "B"]) | Q(before="B", after="A"),
    "down": Q(before="A", after__in=["B", "C"]) | Q(before="B", after="C"),
}


def refuse_strangers(request) -> None:
    if not trying.may_try(request.user):
        raise PermissionDenied(_("The laboratory is for heads, administrators and those who see the whole brand."))


def trial_of(request, pk) -> TierTrial:
    rows = TierTrial.objects.visible_to(request.user).select_related("against", "base", "asked_by")
    return get_object_or_404(rows, pk=pk)


@edits
@login_required
def laboratory(request):
    """?trial=ID begins from the draft of one's earlier trial, ?policy=ID from a stored version."""
    refuse_strangers(request)
    adopted = TierPolicy.objects.visible_to(request.user).adopted()
    begun = _begun(request)
    base = begun.base if begun else _named(request) or adopted
    form = None
    if base is not None:
        form = LabForm(
            request.POST or None,
            policy=policy_of(begun) if begun else base,
            against=begun.against if begun else adopted,
            as_of=begun.as_of if begun else None,
            by=request.user,
        )
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            trial = trying.ask(by=request.user, base=base, **form.asked())
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            return redirect("customers:tier-trial", pk=trial.pk)
    context = {
        "form": form,
        "base": base,
        "trials": TierTrial.objects.visible_to(request.user).select_related("against", "base")[:TRIALS],
        "measured": _measured(),
        "elsewhere": labwords.ELSEWHERE,
    }
    return render(request, "customers/tiers/lab.html", context, status=422 if form and form.errors else 200)


def _measured() -> list[tuple[str, str, bool]]:
    """Option, what is known of it, whether that was measured."""
    labels = {name: str(LabForm.base_fields[name].label) for name in LabForm.base_fields}
    return [(labels[name], str(text), True) for name, text in labwords.MEASURED.items()] + [
        (labels[name], str(text), False) for name, text in labwords.UNMEASURED.items()
    ]


def _begun(request) -> TierTrial | None:
    pk = number_of(request.GET.get("trial", ""))
    rows = TierTrial.objects.visible_to(request.user).select_related("against", "base")
    return rows.filter(pk=pk).first() if pk else None


def _named(request) -> TierPolicy | None:
    pk = number_of(request.GET.get("policy", ""))
    return TierPolicy.objects.visible_to(request.user).filter(pk=pk).first() if pk else None


@dataclass(frozen=True, slots=True)
class MoveTold:
    row: TierTrialMove
    reason: str
    direction: str

    @property
    def growth(self):
        return self.row.w0 / self.row.w1 - 1 if self.row.w1 > 0 else None


@require_safe
@login_required
def trial(request, pk):
    """?move=up, down or AC (from A to C), ?region=CODE (it and all below) narrow the names; cursors go on."""
    found = trial_of(request, pk)
    result = told(found, request.user)
    draft = policy_of(found)
    context = {
        "trial": found,
        "again": f"{reverse('customers:tier-lab')}?trial={found.pk}",
        "result": result,
        "job": _job(request, found.job_id),
        "churn_job": _job(request, found.churn_job_id),
        "rule": rule_words(draft),
        "options": option_words(draft),
        "is_kept": _is_kept(found, draft),
        "may_keep": TierPolicy.objects.editable_by(request.user).exists(),
        "keep_form": KeepForm(initial={"name": found.base.title}, auto_id="keep-%s"),
    }
    if result:
        context |= _names(request, found, draft) | {
            "counts": counts_told(result),
            "flows": [{"source": one.from_tier, "target": one.to_tier, "count": one.n} for one in result.flows],
            "regions": result.regions[:REGIONS],
            "more_regions": len(result.regions) - REGIONS,
            "unfair": sum(one.unfair_after for one in result.regions),
        }
    return render(request, "customers/tiers/lab_trial.html", context)


def _job(request, pk) -> Job | None:
    """The job while it is not over."""
    job = Job.objects.visible_to(request.user).filter(pk=pk).first() if pk else None
    return job if job is not None and (job.is_active or job.state == Job.State.FAILED) else None


def _is_kept(found: TierTrial, draft: TierPolicy) -> bool:
    """Whether the draft is the stored version it began from."""
    names = ("top_share", "growth", "cooperation_high", "loyalty_high", "min_observations", "options")
    return all(getattr(draft, name) == getattr(found.base, name) for name in names)


def _names(request, found: TierTrial, draft: TierPolicy) -> dict:
    """The names of who moves, of the customers in reach. The brand's number stands beside them."""
    asked, code = request.GET.get("move", ""), request.GET.get("region", "")
    rows = TierTrialMove.objects.visible_to(request.user).filter(trial=found).select_related("customer", "region")
    if asked in DIRECTIONS:
        rows = rows.filter(DIRECTIONS[asked])
    elif len(asked) == 2 and set(asked) <= set("ABC"):
        rows = rows.filter(before=asked[0], after=asked[1])
    regions = regions_open_to(request.user)
    region = regions.filter(code=code).first() if code else None
    if region is not None:
        rows = rows.filter(region__path__startswith=region.path)
    elif code:
        rows = rows.none()
    listed = page(
        rows, BY_SALES, True, after=request.GET.get("after", ""), before=request.GET.get("before", ""), size=SHOWN
    )

    def address(**cursor) -> str:
        kept = {"move": asked, "region": code} | cursor
        return "?" + urlencode({name: value for name, value in kept.items() if value}) + "#moves"

    return {
        "moves": [MoveTold(one, reason_text(one.reason, draft), move(one.before, one.after)) for one in listed.rows],
        "next": address(after=listed.after) if listed.after else "",
        "previous": address(before=listed.before) if listed.before else "",
        "move": asked,
        "region": code,
        "pairs": [f"{a}{b}" for a in "ABC" for b in "ABC" if a != b],
        "all_regions": regions.order_by("path"),
    }


@require_POST
@login_required
def churn(request, pk):
    found = trial_of(request, pk)
    refuse_strangers(request)
    trying.ask_churn(trial=found, by=request.user)
    return redirect("customers:tier-trial", pk=pk)


@require_POST
@login_required
def keep(request, pk):
    """Write the draft as a version; it is adopted on that version's own page."""
    found = trial_of(request, pk)
    if not TierPolicy.objects.editable_by(request.user).exists():
        raise PermissionDenied(_("Only administrators may change tier policies."))
    form = KeepForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(text for errors in form.errors.values() for text in errors))
        return redirect("customers:tier-trial", pk=pk)
    values = dict(form.cleaned_data)
    if values["name"] == found.base.title:
        values["name"] = found.base.name
    try:
        made = trying.keep(trial=found, by=request.user, **values)
    except ValidationError as refusal:
        messages.error(request, flaws_of(refusal))
        return redirect("customers:tier-trial", pk=pk)
    messages.success(request, _("Version %(n)d is written; nothing changes until it is adopted.") % {"n": made.version})
    return redirect("customers:tier-policy", pk=made.pk)


def adopt(request, policy: TierPolicy) -> None:
    """At once, or from a day to come; says what was done. policy came through `editable_by`."""
    form = AdoptForm(request.POST)
    try:
        if not form.is_valid():
            raise ValidationError([text for errors in form.errors.values() for text in errors])
        done = adopting.adopt_from(policy=policy, by=request.user, **form.cleaned_data)
    except ValidationError as refusal:
        messages.error(request, flaws_of(refusal))
        return
    if done.adopted_from is None:
        messages.success(request, _("%(policy)s is in force; the tiers are being worked out.") % {"policy": policy})
    else:
        values = {"policy": policy, "day": day_shown(done.adopted_from)}
        messages.success(request, _("%(policy)s comes into force on %(day)s.") % values)


@require_POST
@login_required
def call_off(request, pk):
    """The adoption that was set for a day to come."""
    policy = get_object_or_404(TierPolicy.objects.visible_to(request.user), pk=pk)
    if not TierPolicy.objects.editable_by(request.user).filter(pk=pk).exists():
        raise PermissionDenied(_("Only administrators may change tier policies."))
    try:
        adopting.call_off(policy=policy, by=request.user)
    except ValidationError as refusal:
        messages.error(request, flaws_of(refusal))
    else:
        messages.success(request, _("%(policy)s does not come into force.") % {"policy": policy})
    return redirect("customers:tier-policy", pk=pk)
