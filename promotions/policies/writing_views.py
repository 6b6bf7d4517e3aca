"""Writing a notice step by step: the words, who is told, the papers; then sending it."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.clock import today
from customers.profile.doors import edits, flaws_of, refuse_readers, tell
from promotions.policies import actions, papers, reading, sending
from promotions.policies.forms import AudienceForm, ChangedForm, NoticeForm, PaperForm, SendForm, TextsForm
from promotions.policies.models import NoticeFile, State
from promotions.policies.views import may_read, notice_of, refuse_others


def _own_language() -> str:
    language = get_language() or ""
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


@edits
@login_required
def new(request):
    """The words and when; who is told comes next."""
    refuse_readers(request)
    user = request.user
    if not actions.may_write(user):
        raise PermissionDenied(_("Your role reads customers and changes none."))
    language = request.POST.get("language") or _own_language()
    language = language if language in dict(settings.LANGUAGES) else _own_language()
    due = today() + (sending.ANSWER_DAYS * 2)
    form = NoticeForm(request.POST or None, by=user, initial={"answer_by": due, "kind": "plan"})
    texts = TextsForm(request.POST or None, language=language)
    if request.method == "POST" and form.is_valid() and texts.is_valid():
        try:
            made = actions.write_notice(language=language, texts=texts.texts(), by=user, **form.values())
        except ValidationError as refusal:
            tell(form, refusal, texts)
        else:
            return redirect("notices:who", pk=made.pk)
    context = {"form": form, "texts": texts, "language": language}
    status = 422 if form.errors or texts.errors else 200
    return render(request, "promotions/policies/write.html", context, status=status)


@edits
@login_required
def edit(request, pk):
    """The version being written; of a notice that was sent, the next one."""
    notice = notice_of(request, pk)
    refuse_others(request, notice)
    if notice.state == State.WITHDRAWN:
        messages.error(request, _("This notice was withdrawn."))
        return redirect("notices:detail", pk=pk)
    user, is_sent = request.user, notice.current_id is not None
    held = notice.versions.last()
    draft = held if held.published_at is None else None
    form = NoticeForm(request.POST or None, by=user, is_sent=is_sent, initial=NoticeForm.initial_of(notice))
    texts = TextsForm(request.POST or None, language=notice.language, initial=TextsForm.initial_of(held))
    initial = {"changed": draft.changed.get(notice.language, ""), "asks_anew": draft.asks_anew} if draft else {}
    changed = ChangedForm(request.POST or None, initial=initial) if is_sent else None
    forms = [one for one in (form, texts, changed) if one is not None]
    valid = [one.is_valid() for one in forms] if request.method == "POST" else []  # each, so that all tell their flaws
    if request.method == "POST" and all(valid):
        more = {}
        if changed is not None:
            said = changed.cleaned_data
            more = {"changed": {notice.language: said["changed"]}, "asks_anew": said["asks_anew"]}
        try:
            version = form.cleaned_data["version"]
            actions.change_notice(notice=notice, by=user, version=version, texts=texts.texts(), **form.values(), **more)
        except ValidationError as refusal:
            tell(form, refusal, texts, *([changed] if changed else []))
        else:
            messages.success(request, _("Saved."))
            return redirect("notices:detail", pk=pk)
    context = {"form": form, "texts": texts, "changed": changed, "notice": notice, "language": notice.language}
    status = 422 if any(one.errors for one in forms) else 200
    return render(request, "promotions/policies/write.html", context, status=status)


@edits
@login_required
def who(request, pk):
    notice = notice_of(request, pk)
    refuse_others(request, notice)
    user = request.user
    initial = AudienceForm.initial_of(notice, user)
    form = AudienceForm(request.POST or None, by=user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            joins = form.cleaned_data["joins"]
            actions.change_notice(notice=notice, by=user, audience=form.audience(), joins=joins)
        except ValidationError as refusal:
            tell(form, refusal)
        else:
            return redirect("notices:send", pk=pk)
    context = {"form": form, "notice": notice}
    return render(request, "promotions/policies/who.html", context, status=422 if form.errors else 200)


@edits
@login_required
def send(request, pk):
    """Looked at once more, with how many it reaches; then it goes out. Of a notice that was sent: its next version."""
    notice = notice_of(request, pk)
    refuse_others(request, notice)
    user = request.user
    form = SendForm(request.POST or None, initial={"version": notice.version})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            if notice.state == State.SENT:
                held = sending.publish_version(notice=notice, by=user, version=said["version"])
            else:
                held = sending.send_notice(notice=notice, by=user, on=said["on"], version=said["version"])
        except ValidationError as refusal:
            tell(form, refusal)
        else:
            waits = held.state == State.SCHEDULED
            messages.success(request, _("It goes out by itself.") if waits else _("It has gone out."))
            return redirect("notices:detail", pk=pk)
    draft = next((one for one in notice.versions.all() if one.published_at is None), None)
    context = {
        "form": form,
        "notice": notice,
        "draft": draft,
        "reached": _reached(notice, user) if notice.state != State.SENT else [],
        "compared": reading.compared(draft, notice.current) if draft and notice.current_id else None,
        "papers": list(draft.files.all()) if draft else [],
    }
    return render(request, "promotions/policies/send.html", context, status=422 if form.errors else 200)


def _reached(notice, user) -> list[tuple[str, int]]:
    """(tier, '' for none; how many), the sum first."""
    if not notice.audience:
        return []
    rows = sending.audience_of(notice, user).order_by().values_list("standing__tier").annotate(n=Count("pk"))
    found = sorted(((tier or "", n) for tier, n in rows), key=lambda pair: pair[0] or "Z")
    return [("all", sum(n for _tier, n in found)), *found]


@require_POST
@login_required
def unschedule(request, pk):
    notice = notice_of(request, pk)
    refuse_others(request, notice)
    try:
        sending.unschedule(notice=notice, by=request.user)
    except ValidationError as refusal:
        messages.error(request, flaws_of(refusal))
    return redirect("notices:detail", pk=pk)


@require_POST
@login_required
def drop(request, pk):
    """What is being written; a notice that was never sent goes with it."""
    notice = notice_of(request, pk)
    refuse_others(request, notice)
    try:
        actions.drop_draft(notice=notice, by=request.user)
    except ValidationError as refusal:
        messages.error(request, flaws_of(refusal))
        return redirect("notices:detail", pk=pk)
    messages.success(request, _("Thrown away."))
    return redirect("notices:detail", pk=pk) if notice.current_id else redirect("notices:list")


# --- papers -------------------------------------------------------------------------------------------------------


@require_POST
@login_required
def paper_add(request, pk):
    notice = notice_of(request, pk)
    refuse_others(request, notice)
    form = PaperForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            papers.add_paper(
                notice=notice, file=file, name=file.name, title=form.cleaned_data["title"], by=request.user
            )
        except ValidationError as refusal:
            messages.error(request, flaws_of(refusal))
    else:
        messages.error(request, " ".join(text for texts in form.errors.values() for text in texts))
    return redirect("notices:send", pk=pk)


@require_safe
@login_required
def paper(request, pk):
    rows = NoticeFile.objects.visible_to(request.user).select_related("version__notice")
    held = get_object_or_404(rows, pk=pk)
    if not may_read(request.user, held.version.notice, held.version):
        raise Http404
    return papers.hand_out(request, held)


@require_POST
@login_required
def paper_drop(request, pk):
    rows = NoticeFile.objects.visible_to(request.user).select_related("version__notice")
    held = get_object_or_404(rows, pk=pk)
    refuse_others(request, held.version.notice)
    try:
        papers.drop_paper(paper=held, by=request.user)
    except ValidationError as refusal:
        messages.error(request, flaws_of(refusal))
    return redirect("notices:send", pk=held.version.notice_id)
