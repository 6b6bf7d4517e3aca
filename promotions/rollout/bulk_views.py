"""What is done from the board to the ticked ones: answers, materials, how they ran it; and reminding the silent."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from crm.clock import today
from customers.profile.doors import flaws_of, number_of, refuse_readers, tell
from promotions.rollout import bulk, letters, reading
from promotions.rollout.forms import JudgeManyForm
from promotions.rollout.models import Participation, State
from promotions.rollout.views import promotion_of

NAMED = 8
"""So many of those left as they were are named in a message."""


def _ids(request) -> list[int]:
    return [n for n in map(number_of, request.POST.getlist("id")) if n]


def _told(request, act, back: str):
    """Done, and said of how many; the others are named with the reason."""
    try:
        found = act()
    except ValidationError as refusal:
        messages.error(request, flaws_of(refusal))
        return redirect(back)
    n = len(found.done)
    if n:
        text = ngettext("Written down for %(n)d customer.", "Written down for %(n)d customers.", n)
        messages.success(request, text % {"n": n})
    elif not found.refused:
        messages.error(request, _("Tick somebody first."))
    if found.refused:
        lines = [f"{one.participation.customer.name} ({one.words})" for one in found.refused[:NAMED]]
        more = len(found.refused) - len(lines)
        text = _("Left as they were: %(names)s") % {"names": " ".join(lines)}
        if more:
            text += " " + ngettext("and %(n)d more", "and %(n)d more", more) % {"n": more}
        messages.warning(request, text)
    return redirect(back)


def _lane(request, pk: int) -> str:
    """The lane that the person came from."""
    stage = request.POST.get("stage", "")
    here = reverse("promotions:run", args=[pk])
    return f"{here}?stage={stage}" if stage in reading.STAGES else here


def _many(request, pk: int, act, **given):
    """The ticked ones, by what `bulk` has for it."""
    held = promotion_of(request, pk)
    refuse_readers(request)
    return _told(request, lambda: act(promotion=held, ids=_ids(request), by=request.user, **given), _lane(request, pk))


@require_POST
@login_required
def send(request, pk):
    return _many(request, pk, bulk.send_many, on=today())


@require_POST
@login_required
def receive(request, pk):
    return _many(request, pk, bulk.receive_many, on=today())


@require_POST
@login_required
def answers(request, pk):
    return _many(request, pk, bulk.answer_many, answer=request.POST.get("answer", ""))


@require_POST
@login_required
def judge(request, pk):
    """Asks how they ran it before it is written: it is said once."""
    held = promotion_of(request, pk)
    refuse_readers(request)
    parts = Participation.objects.editable_by(request.user).counting().filter(promotion=held, pk__in=_ids(request))
    chosen = list(parts.select_related("customer").order_by("pk")[: bulk.MOST])
    if not chosen:
        messages.error(request, _("Tick somebody first."))
        return redirect(_lane(request, pk))
    asked = "compliance" in request.POST
    form = JudgeManyForm(request.POST if asked else None)
    if asked and form.is_valid():
        ids = [one.pk for one in chosen]
        try:
            found = bulk.judge_many(promotion=held, ids=ids, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            tell(form, refusal)
        else:
            return _told(request, lambda: found, _lane(request, pk))
    context = {"promotion": held, "chosen": chosen, "form": form, "stage": request.POST.get("stage", "")}
    return render(request, "promotions/rollout/judge.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def remind(request, pk):
    """Those in the asker's reach who have not answered: also by who did not plan the promotion."""
    held = promotion_of(request, pk)
    refuse_readers(request)
    if held.state != State.OPEN or held.answer_by < today():
        messages.error(request, _("The day to answer has passed: nobody is reminded any more."))
    else:
        letters.ask_to_remind(held, request.user)
        messages.success(request, _("Reminders are on their way to those with access and no answer."))
    return redirect(f"{reverse('promotions:run', args=[pk])}?stage=invited")
