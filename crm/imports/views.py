"""Pages: upload, name the columns, look at what it would do, start, undo, fetch what was refused."""

from __future__ import annotations

import csv
import io

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.audit.actions import record
from crm.imports import actions, rejected
from crm.imports.forms import MappingForm, UploadForm
from crm.imports.kinds import ImportKind, registry
from crm.imports.models import ImportRun
from crm.imports.showing import facts_of, preview_of, reasons_of, steps_of
from crm.tables.messages import describe

PAGE = 50
State = ImportRun.State


def _runs(request):
    return ImportRun.objects.visible_to(request.user).select_related("asked_by", "job", "undone_by")


def _run(request, pk: int) -> ImportRun:
    return get_object_or_404(_runs(request), pk=pk)


def _writer(request) -> None:
    if not request.user.may_write:
        raise PermissionDenied(_("You may read, not change."))


@require_safe
@login_required
def import_list(request):
    """Newest first; `before` is the id to go on from."""
    runs = _runs(request)
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit():
        runs = runs.filter(pk__lt=int(before[:18]))
    rows = list(runs[: PAGE + 1])
    kinds = registry()
    for run in rows:
        run.kind_label = kinds[run.kind].label if run.kind in kinds else run.kind
    more = rows[PAGE - 1].pk if len(rows) > PAGE else None
    return render(request, "imports/list.html", {"runs": rows[:PAGE], "more": more, "kinds": kinds.values()})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new(request):
    _writer(request)
    codes = list(registry())
    kind = request.GET.get("kind") if request.GET.get("kind") in codes else next(iter(codes), None)
    form = UploadForm(request.POST or None, request.FILES or None, initial={"kind": kind})
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            kind = form.cleaned_data["kind"]
            run = actions.upload(kind=kind, file=file, name=file.name, by=request.user, then=actions.check)
            return redirect("crm:import-detail", pk=run.pk)
        except ValidationError as refusal:
            form.add_error(None, refusal)
    context = {"form": form, "kinds": registry().values(), "most": settings.IMPORT_MAX_BYTES}
    return render(request, "imports/new.html", context, status=200 if not form.errors else 422)


@require_safe
@login_required
def template(request, kind):
    """An empty file with the headers the import understands, in the person's language."""
    found = registry().get(kind)
    if found is None:
        raise Http404
    text = io.StringIO()
    csv.writer(text).writerow([str(field.label) for field in found.fields])
    response = HttpResponse(rejected.BOM + text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.code}-template.csv"'
    return response


@require_safe
@login_required
def detail(request, pk):
    """What it is, how it was read, what it would do or did; which part is shown follows the state."""
    return _detail(request, _run(request, pk))


def _detail(request, run: ImportRun, form: MappingForm | None = None, status: int = 200):
    kind = registry().get(run.kind)
    active = run.job is not None and run.job.is_active
    wants_columns = run.state == State.MAPPING or "columns" in request.GET
    if form is None and kind and not active and wants_columns and run.state in actions.OPEN_STATES and run.shape:
        form = _mapping_form(run, kind)
    context = {
        "run": run,
        "kind": kind,
        "active": active,
        "form": form,
        "editable": request.user.may_write,
        "steps": steps_of(run, active, form is not None),
        "preview": preview_of(run, kind),
        "reasons": reasons_of(run),
        "problem": describe(run.problem["code"], run.problem.get("params")) if run.problem else "",
        "facts": facts_of(run, kind),
        "good": run.rows - run.rejected,
        "asked": _asked(run),
        "ended_badly": run.job is not None and run.job.state in ("failed", "stopped"),
        "done_url": reverse(kind.result_url) if kind and kind.result_url else "",
    }
    return render(request, "imports/detail.html", context, status=status)


def _asked(run: ImportRun) -> dict:
    """What the check could not settle by itself."""
    result = run.job.result if run.job is not None and run.state == State.MAPPING else None
    return result if isinstance(result, dict) else {}


def _mapping_form(run: ImportRun, kind: ImportKind, data=None) -> MappingForm:
    asked = _asked(run)
    columns = asked.get("columns") or [{"header": word, "samples": []} for word in run.shape.get("header", [])]
    return MappingForm(data, run=run, kind=kind, columns=columns, ask_order=bool(asked.get("dates")))


@require_POST
@login_required
def map_columns(request, pk):
    run = _editable(request, pk)
    kind = registry().get(run.kind)
    if kind is None or not run.shape:
        raise Http404
    form = _mapping_form(run, kind, request.POST)
    if form.is_valid():
        try:
            actions.map_columns(run=run, by=request.user, mapping=form.mapping, options=form.options)
            return redirect("crm:import-detail", pk=pk)
        except ValidationError as refusal:
            form.blame(refusal.error_dict if hasattr(refusal, "error_dict") else {"": refusal.messages})
    return _detail(request, run, form, status=422)


def _editable(request, pk: int) -> ImportRun:
    run = _run(request, pk)
    _writer(request)
    return run


@require_POST
@login_required
def check(request, pk):
    return _act(request, pk, lambda run: actions.check(run=run, by=request.user))


@require_POST
@login_required
def start(request, pk):
    partial = request.POST.get("partial") == "1"
    return _act(request, pk, lambda run: actions.start(run=run, by=request.user, partial=partial))


@require_POST
@login_required
def undo(request, pk):
    return _act(request, pk, lambda run: actions.ask_undo(run=run, by=request.user))


def _act(request, pk, act):
    run = _editable(request, pk)
    try:
        act(run)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect("crm:import-detail", pk=pk)


@require_safe
@login_required
def rejected_file(request, pk):
    """The refused rows as they stood, each with its reason, in the language of whoever asks."""
    return send_rejected(_run(request, pk), by=request.user)


def send_rejected(run: ImportRun, *, by) -> StreamingHttpResponse:
    """CSV, streamed; 404 if no row was refused."""
    if not run.rejected_file:
        raise Http404
    language = get_language()
    spool = run.rejected_file.open("rb")

    def stream():
        with spool, override(language):
            yield from rejected.lines(spool, run.shape.get("header", []))

    record(action="import.rejected", target=run, actor=by)
    response = StreamingHttpResponse(stream(), content_type="text/csv; charset=utf-8")
    stem = slugify(run.name.rsplit(".", 1)[0]) or "import"
    response["Content-Disposition"] = f'attachment; filename="{stem}-{run.pk}-rejected.csv"'
    return response
