"""One customer and one notice: passing it on, writing down what they say, answering what they ask, seeing it done."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.clock import today
from crm.listing.keyset import Order, page
from customers.profile.colleagues import takers
from customers.profile.doors import customer_of, flaws_of, number_of, refuse_readers, tell
from promotions.policies import answering, reading
from promotions.policies.answer_models import NoticeDelivery, NoticeQuestion, Through
from promotions.policies.forms import DoneForm, QuestionForm, ReplyForm, TakenAnswerForm, marks_of
from promotions.policies.models import State

BY_DUE = Order("due", "due_on", form="date")
BY_KEY = Order("told", "pk", form="int")


def delivery_of(request, pk) -> NoticeDelivery:
    return get_object_or_404(reading.one(request.user), pk=pk)


def _page(request, delivery: NoticeDelivery, *, answer=None, question=None):
    seen, questions = {"seen": delivery.version.number}, reading.questions_of(delivery)
    context = {
        "delivery": delivery,
        "customer": delivery.customer,
        "notice": delivery.notice,
        "clauses": list(delivery.version.clauses.all()),
        "papers": list(delivery.version.files.all()),
        "answers": reading.answers_of(delivery),
        "questions": questions,
        "answer_form": answer or TakenAnswerForm(initial=seen, auto_id="answer-%s"),
        "question_form": question or QuestionForm(auto_id="question-%s"),
        "reply_form": ReplyForm(auto_id=False),
        "takers": _takers(request, questions, delivery),
        "done_form": DoneForm(auto_id="done-%s"),
        "today": today(),
        "may_write": request.user.may_write and delivery.notice.state == State.SENT,
    }
    flaws = any(one is not None and one.errors for one in (answer, question))
    return render(request, "promotions/policies/one.html", context, status=422 if flaws else 200)


def _takers(request, questions: list[NoticeQuestion], delivery: NoticeDelivery) -> list:
    """Who could answer a question that waits."""
    if not request.user.may_write or all(one.replied_at for one in questions):
        return []
    return list(takers(request.user, delivery.customer_id, today()))


@require_safe
@login_required
def one(request, pk):
    return _page(request, delivery_of(request, pk))


@require_POST
@login_required
def answer(request, pk):
    """What they say when they are told in person."""
    delivery = delivery_of(request, pk)
    refuse_readers(request)
    form = TakenAnswerForm(request.POST, auto_id="answer-%s")
    if form.is_valid():
        keys = delivery.version.clauses.values_list("key", flat=True)
        try:
            answering.answer_notice(
                delivery=delivery, marks=marks_of(request.POST, keys), by=request.user, **form.cleaned_data
            )
        except ValidationError as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _("Written down."))
            return redirect("notices:one", pk=pk)
    return _page(request, delivery, answer=form)


@require_POST
@login_required
def ask(request, pk):
    """A question of theirs, written down by one of us."""
    delivery = delivery_of(request, pk)
    refuse_readers(request)
    form = QuestionForm(request.POST, auto_id="question-%s")
    if form.is_valid():
        try:
            answering.ask(delivery=delivery, through=Through.VISIT, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _("Written down."))
            return redirect("notices:one", pk=pk)
    return _page(request, delivery, question=form)


@require_POST
@login_required
def done(request, pk):
    delivery = delivery_of(request, pk)
    refuse_readers(request)
    form = DoneForm(request.POST)
    try:
        on = form.cleaned_data["on"] if form.is_valid() else None
        answering.mark_done(delivery=delivery, on=on, by=request.user)
    except ValidationError as refusal:
        messages.error(request, flaws_of(refusal))
    else:
        messages.success(request, _("Written down."))
    return redirect("notices:one", pk=pk)


@require_POST
@login_required
def undone(request, pk):
    delivery = delivery_of(request, pk)
    refuse_readers(request)
    try:
        answering.unmark_done(delivery=delivery, by=request.user)
    except ValidationError as refusal:
        messages.error(request, flaws_of(refusal))
    return redirect("notices:one", pk=pk)


# --- questions ----------------------------------------------------------------------------------------------------


@require_safe
@login_required
def questions(request):
    """Those that wait, one's own unless all are asked for; the first due first."""
    user, everybody = request.user, request.GET.get("all") == "1"
    rows = reading.open_questions(user)
    rows = rows if everybody else rows.filter(owner=user)
    found = page(rows, BY_DUE, False, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    context = {
        "page": found,
        "questions": found.rows,
        "everybody": everybody,
        "reply_form": ReplyForm(auto_id=False),
        "today": today(),
        "may_write": user.may_write,
    }
    return render(request, "promotions/policies/questions.html", context)


@require_POST
@login_required
def reply(request, pk):
    rows = NoticeQuestion.objects.visible_to(request.user).select_related("delivery")
    question = get_object_or_404(rows, pk=pk)
    refuse_readers(request)
    try:
        answering.reply(question=question, text=request.POST.get("text", ""), by=request.user)
    except ValidationError as refusal:
        messages.error(request, flaws_of(refusal))
    else:
        messages.success(request, _("Answered. The customer reads it in the portal."))
    if request.POST.get("next") == "questions":
        return redirect("notices:questions")
    return redirect("notices:one", pk=question.delivery_id)


@require_POST
@login_required
def hand(request, pk):
    """Somebody else answers it: one of those who can take it over."""
    rows = NoticeQuestion.objects.visible_to(request.user).select_related("delivery")
    question = get_object_or_404(rows, pk=pk)
    refuse_readers(request)
    open_to = takers(request.user, question.delivery.customer_id, today())
    to = open_to.filter(pk=number_of(request.POST.get("to", "")) or 0).first()
    if to is None:
        messages.error(request, _("They do not look after this customer."))
        return redirect("notices:one", pk=question.delivery_id)
    try:
        answering.hand_question(question=question, to=to, by=request.user)
    except ValidationError as refusal:
        messages.error(request, flaws_of(refusal))
    else:
        messages.success(request, _("%(name)s answers it now.") % {"name": to})
    return redirect("notices:one", pk=question.delivery_id)


@require_safe
@login_required
def customer(request, pk):
    """The tab: what the customer was told, the latest first, and how it stands."""
    held = customer_of(request, pk)
    rows = reading.of_customer(request.user, held)
    found = page(rows.order_by(), BY_KEY, True, after=request.GET.get("after", ""))
    context = {
        "customer": held,
        "deliveries": found.rows,
        "page": found,
        "today": today(),
        "may_write": request.user.may_write,
    }
    return render(request, "promotions/policies/customer.html", context)
