"""Pages about tiers: how customers spread, who moved, who stands at the border, the runs and the policies."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.access import reach_of
from crm.audit.actions import record
from crm.jobs.actions import enqueue
from crm.jobs.models import Job
from crm.templatetags.ui import day as day_shown
from crm.templatetags.ui import moment
from customers.pages import lab
from customers.pages.explained import reason_text
from customers.pages.policywords import cutoff_words, option_words, rule_words, share_words
from customers.profile.models import Customer
from customers.tiers import actions, reading, trying
from customers.tiers.forms import PolicyForm, RunForm
from customers.tiers.models import TierDecision, TierPolicy, TierRun
from customers.tiers.movements import summary
from customers.tiers.movers import movers
from customers.tiers.policies import rule_of

RUNS = 8
MOVERS = 20
BORDER = 6
CHANGES = 100


def may_run(user) -> bool:
    """A run judges the whole brand, so only those who see it whole may ask for one."""
    return user.may_write and reach_of(user).everywhere


@require_safe
@login_required
def board(request):
    """?since=RUN compares with that run; ?job=ID shows a run that was asked for."""
    state = reading.state()
    choices = reading.earlier_runs(state)
    since = chosen(choices, request.GET.get("since", ""), state)
    shares = reading.distribution(request.user)
    flows = reading.movements(since, state.run, request.user, shares) if since else ()
    context = {
        "state": state,
        "shares": shares,
        "choices": [(one, called(one, state)) for one in choices],
        "since": since,
        "since_called": called(since, state) if since else "",
        "flows": [{"source": one.from_tier or "", "target": one.to_tier or "", "count": one.n} for one in flows],
        "summary": summary(flows) if since else None,
        "movers": [(one, reason_text(one.reason, state.policy)) for one in movers(since, request.user, MOVERS)]
        if since
        else [],
        "rule": rule_words(state.policy) if state else None,
        "places": cutoff_words(state.policy, state.k, state.ranked) if state else "",
        "border": reading.border(request.user, BORDER, state),
        "runs": telling(reading.latest_runs(request.user, RUNS * 4))[:RUNS],
        "may_run": may_run(request.user),
        "may_try": trying.may_try(request.user),
        "run_form": RunForm(auto_id="run-%s"),
        "job": asked_job(request),
    }
    return render(request, "customers/tiers/board.html", context)


def telling(runs: list[TierRun]) -> list[TierRun]:
    """The newest run and of the others those that changed something: an import a day would hide them."""
    return [run for n, run in enumerate(runs) if n == 0 or run.changed or run.mode != TierRun.Mode.INCREMENTAL]


def chosen(choices: list[TierRun], asked: str, state) -> TierRun | None:
    """The run asked for, if it is one of the choices; else the last of an earlier day, else the last before now."""
    return next((run for run in choices if str(run.pk) == asked), None) or reading.usual_run(choices, state)


def called(run: TierRun, state) -> str:
    """A run to compare with by its day; one of the present's own day by its time."""
    return moment(run.created_at) if run.as_of == state.figures_as_of else day_shown(run.as_of)


def asked_job(request) -> Job | None:
    pk = request.GET.get("job", "")
    if not (pk.isascii() and pk.isdigit() and len(pk) < 19):
        return None
    return Job.objects.visible_to(request.user).filter(pk=pk, kind="tiers.run").first()


@require_POST
@login_required
def run(request):
    if not may_run(request.user):
        raise PermissionDenied(_("Only those who see the whole brand may run tiers."))
    form = RunForm(request.POST, auto_id="run-%s")
    if not form.is_valid():
        messages.error(request, " ".join(form.errors.get("as_of", [])))
        return redirect("customers:tiers")
    day = form.cleaned_data["as_of"]
    wanted = {"as_of": day.isoformat()} if day else {}
    with transaction.atomic():
        job = enqueue(kind="tiers.run", input=wanted, asked_by=request.user)
        record(action="tier_run.ask", target=job, changes=wanted)
    return redirect(f"{reverse('customers:tiers')}?job={job.pk}")


@require_safe
@login_required
def run_detail(request, pk):
    """One run: its counts and what it changed, among the customers in reach."""
    found = get_object_or_404(TierRun.objects.visible_to(request.user).select_related("policy", "asked_by"), pk=pk)
    decisions = (
        TierDecision.objects.visible_to(request.user).filter(run=found).select_related("customer").order_by("-w0", "pk")
    )
    if found.mode != TierRun.Mode.REPLAY:
        decisions = decisions.exclude(previous_tier="", tier="")
    rows = list(decisions[: CHANGES + 1])
    told = [(one, reason_text(one.reason, found.policy)) for one in rows[:CHANGES]]
    counts = [("A", found.a), ("B", found.b), ("C", found.c)]
    places = cutoff_words(found.policy, found.k, found.ranked)
    context = {"run": found, "rows": told, "more": len(rows) > CHANGES, "counts": counts, "places": places}
    return render(request, "customers/tiers/run.html", context)


@require_safe
@login_required
def policies(request):
    found = reading.policies()
    adopted = TierPolicy.objects.adopted()
    may_write = TierPolicy.objects.editable_by(request.user).exists()
    context = {"policies": [(one, share_words(one)) for one in found], "adopted": adopted, "may_write": may_write}
    return render(request, "customers/tiers/policies.html", context)


def _editable(request, pk) -> TierPolicy:
    policy = get_object_or_404(TierPolicy.objects.visible_to(request.user), pk=pk)
    if not TierPolicy.objects.editable_by(request.user).filter(pk=pk).exists():
        raise PermissionDenied(_("Only administrators may change tier policies."))
    return policy


@login_required
def policy_new(request, pk):
    """A new version, starting from the one named."""
    before = _editable(request, pk)
    form = PolicyForm(request.POST or None, policy=before)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.create_policy(by=request.user, code=before.code, **form.values())
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            messages.success(
                request, _("Version %(n)d is written; nothing changes until it is adopted.") % {"n": made.version}
            )
            return redirect("customers:tier-policy", pk=made.pk)
    return render(request, "customers/tiers/policy_new.html", {"form": form, "policy": before})


@require_safe
@login_required
def policy(request, pk):
    """A version, and who would move if it were in force; the comparison is for those who see the whole brand."""
    found = get_object_or_404(TierPolicy.objects.visible_to(request.user), pk=pk)
    adopted = TierPolicy.objects.adopted()
    context = {
        "policy": found,
        "rule": rule_words(found),
        "options": option_words(found),
        "adopted": adopted,
        "in_force": adopted is not None and adopted.pk == found.pk,
        "everywhere": reach_of(request.user).everywhere,
        "may_write": TierPolicy.objects.editable_by(request.user).filter(pk=pk).exists(),
        "may_try": trying.may_try(request.user),
        "try_url": f"{reverse('customers:tier-lab')}?policy={found.pk}",
    }
    state = reading.state()
    if state and adopted and not context["in_force"] and context["everywhere"]:
        context |= _compared(adopted, found, state.figures_as_of)
    return render(request, "customers/tiers/policy.html", context)


def _compared(first: TierPolicy, second: TierPolicy, day) -> dict:
    found = actions.compare_policies(first=rule_of(first), second=rule_of(second), as_of=day, top=MOVERS)
    customers = Customer.objects.in_bulk([pk for pk, *_rest in found.movers])
    return {
        "compared": found,
        "counts": [(tier, found.counts[0][tier], found.counts[1][tier]) for tier in ("A", "B", "C")],
        "flows": [{"source": a, "target": b, "count": n} for (a, b), (n, _w0) in found.flows.items()],
        "movers": [(customers[pk], before, after, w0) for pk, before, after, w0 in found.movers],
    }


@require_POST
@login_required
def policy_adopt(request, pk):
    found = _editable(request, pk)
    lab.adopt(request, found)
    return redirect("customers:tier-policies")
