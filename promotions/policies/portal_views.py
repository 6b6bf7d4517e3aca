"""Where dealers read notices, answer clause by clause, ask, and say that it is done."""

from __future__ import annotations

from allauth.core import ratelimit
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from crm.clock import today
from customers.portal.door import dealers_only
from customers.profile.doors import tell
from promotions.policies import answering, papers, reading
from promotions.policies.answer_models import NoticeDelivery, Through
from promotions.policies.forms import AnswerForm, QuestionForm, marks_of

MOST = 50


def _delivery(request, pk) -> NoticeDelivery:
    return get_object_or_404(reading.for_dealer(request.portal.account.customer), pk=pk)


def _too_often(request) -> bool:
    return not ratelimit.consume(request, action="portal_notice", key=str(request.portal.account_id))


@require_safe
@dealers_only
def notices(request):
    account = request.portal.account
    rows = list(reading.for_dealer(account.customer).order_by("-pk")[:MOST])
    return render(request, "portal/notices.html", {"account": account, "deliveries": rows, "today": today()})


def _page(request, delivery: NoticeDelivery, *, answer=None, question=None, flaw: str = ""):
    latest = next(iter(reading.answers_of(delivery)), None) if delivery.answer else None
    context = {
        "delivery": delivery,
        "notice": delivery.notice,
        "version": delivery.version,
        "clauses": list(delivery.version.clauses.all()),
        "papers": list(delivery.version.files.all()),
        "latest": latest,
        "questions": reading.questions_of(delivery),
        "answer_form": answer or AnswerForm(initial={"seen": delivery.version.number}, auto_id="answer-%s"),
        "question_form": question or QuestionForm(auto_id="question-%s"),
        "flaw": flaw,
        "today": today(),
        "posted": request.POST,
    }
    flaws = flaw or any(one is not None and one.errors for one in (answer, question))
    return render(request, "portal/notice.html", context, status=422 if flaws else 200)


@require_safe
@dealers_only
def one(request, pk):
    """Opened by somebody who is signed in, it counts as read; nothing else is said by it."""
    delivery = _delivery(request, pk)
    if request.method == "GET":
        answering.note_read(delivery=delivery)
    return _page(request, delivery)


@require_POST
@dealers_only
def answer(request, pk):
    delivery = _delivery(request, pk)
    form = AnswerForm(request.POST, auto_id="answer-%s")
    if form.is_valid():
        if _too_often(request):
            return ratelimit.respond_429(request)
        keys = delivery.version.clauses.values_list("key", flat=True)
        try:
            answering.answer_notice(
                delivery=delivery,
                through=Through.PORTAL,
                told_by=request.portal.account.name,
                marks=marks_of(request.POST, keys),
                **form.cleaned_data,
            )
        except ValidationError as refusal:
            tell(form, refusal)
        else:
            return redirect("notices_portal:one", pk=pk)
    return _page(request, delivery, answer=form)


@require_POST
@dealers_only
def ask(request, pk):
    delivery = _delivery(request, pk)
    form = QuestionForm(request.POST, auto_id="question-%s")
    if form.is_valid():
        if _too_often(request):
            return ratelimit.respond_429(request)
        try:
            answering.ask(
                delivery=delivery, through=Through.PORTAL, told_by=request.portal.account.name, **form.cleaned_data
            )
        except ValidationError as refusal:
            tell(form, refusal)
        else:
            return redirect("notices_portal:one", pk=pk)
    return _page(request, delivery, question=form)


@require_POST
@dealers_only
def done(request, pk):
    delivery = _delivery(request, pk)
    try:
        answering.mark_done(delivery=delivery, told_by=request.portal.account.name)
    except ValidationError as refusal:
        return _page(request, delivery, flaw=" ".join(refusal.messages))
    return redirect("notices_portal:one", pk=pk)


@require_safe
@dealers_only
def paper(request, pk, paper):
    delivery = _delivery(request, pk)
    held = get_object_or_404(delivery.version.files, pk=paper)
    return papers.hand_out(request, held)
