"""Pages of a customer's files: the gallery, adding, one file, its bytes."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers.files import actions, serving
from customers.files.forms import AddForm, EditForm
from customers.files.models import Attachment, Category, Kind
from customers.profile.models import Customer

PAGE = 60


def _customer(request, pk) -> Customer:
    return get_object_or_404(Customer.objects.visible_to(request.user).select_related("standing"), pk=pk)


def _file(request, pk, *, removed: bool = False) -> Attachment:
    rows = Attachment.objects.visible_to(request.user).select_related("customer", "uploaded_by")
    return get_object_or_404(rows if removed else rows.live(), pk=pk)


def _may_write(request) -> None:
    if not request.user.may_write:
        raise PermissionDenied(_("Your role reads customers and changes none."))


@require_safe
@login_required
def gallery(request, pk):
    """?show=photo, document, a category, or (for who may bring them back) removed; ?page=N, newest first."""
    customer = _customer(request, pk)
    every = Attachment.objects.visible_to(request.user).filter(customer=customer)
    rows = every.live()
    counts = rows.counts()
    gone = every.removed().count() if request.user.may_write else 0
    show = request.GET.get("show", "")
    if show == "removed" and request.user.may_write:
        rows = every.removed()
    elif show in Kind.values:
        rows = rows.filter(kind=show)
    elif show in Category.values:
        rows = rows.filter(category=show)
    else:
        show = ""
    page = _page_number(request.GET.get("page", ""))
    found = list(rows.select_related("removed_by")[(page - 1) * PAGE : page * PAGE + 1])
    context = {
        "customer": customer,
        "photos": [one for one in found[:PAGE] if one.is_photo and show != "removed"],
        "documents": [one for one in found[:PAGE] if not one.is_photo and show != "removed"],
        "removed": found[:PAGE] if show == "removed" else [],
        "gone": gone,
        "show": show,
        "tabs": _tabs(counts),
        "total": counts.get(Kind.PHOTO, 0) + counts.get(Kind.DOCUMENT, 0),
        "page": page,
        "more": len(found) > PAGE,
        "may_write": request.user.may_write,
    }
    return render(request, "customers/files/gallery.html", context)


def _page_number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and 0 < int(text[:6]) <= 10_000 and len(text) <= 6 else 1


def _tabs(counts: dict[str, int]) -> list[tuple[str, object, int]]:
    """(code, label, how many): kinds always, categories where there is something."""
    found = [(Kind.PHOTO.value, _("Photos"), counts.get(Kind.PHOTO, 0))]
    found.append((Kind.DOCUMENT.value, _("Documents"), counts.get(Kind.DOCUMENT, 0)))
    return found + [(one.value, one.label, counts[one]) for one in Category if counts.get(one)]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def add(request, pk):
    """Each file for itself: those that may be kept are, and of the others it is said why not."""
    customer = _customer(request, pk)
    _may_write(request)
    form = AddForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        kept, refused = _keep(customer, form.cleaned_data, request.user)
        if kept:
            text = ngettext("%(n)d file is added.", "%(n)d files are added.", len(kept)) % {"n": len(kept)}
            messages.success(request, text)
            for line in refused:
                messages.error(request, line)
            return redirect("customers:files", pk=pk)
        for line in refused:
            form.add_error("files", line)
    context = {
        "form": form,
        "customer": customer,
        "most": settings.FILE_MAX_BYTES,
        "most_together": settings.FILES_MAX_BYTES,
        "at_once": settings.FILES_AT_ONCE,
        "scans": bool(settings.VIRUS_SCANNER),
    }
    return render(request, "customers/files/add.html", context, status=422 if form.errors else 200)


def _keep(customer: Customer, given: dict, user) -> tuple[list[Attachment], list[str]]:
    """(what is kept, sentences about the rest)"""
    kept, refused = [], []
    for file in given["chosen"]:
        try:
            made = actions.attach(
                customer=customer,
                file=file,
                name=file.name or "",
                by=user,
                category=given["category"],
                keep_position=given["keep_position"],
            )
        except ValidationError as refusal:
            name = actions.clean_name(file.name or "")
            refused.append(_("%(name)s: %(why)s") % {"name": name, "why": " ".join(refusal.messages)})
        else:
            kept.append(made)
    return kept, refused


@require_safe
@login_required
def detail(request, pk):
    attachment = _file(request, pk)
    context = {"file": attachment, "customer": attachment.customer, "may_write": request.user.may_write}
    return render(request, "customers/files/detail.html", context)


@require_safe
@login_required
def content(request, pk):
    return serving.send(request, _file(request, pk), download="download" in request.GET)


@require_safe
@login_required
def thumbnail(request, pk):
    return serving.send_thumbnail(request, _file(request, pk))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit(request, pk):
    attachment = _file(request, pk)
    _may_write(request)
    initial = {name: getattr(attachment, name) for name in ("title", "category", "note", "version")}
    form = EditForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change(attachment=attachment, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("customers:file", pk=pk)
    context = {"form": form, "file": attachment, "customer": attachment.customer}
    return render(request, "customers/files/edit.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def remove(request, pk):
    attachment = _file(request, pk)
    _may_write(request)
    actions.remove(attachment=attachment, by=request.user)
    messages.success(
        request,
        _("“%(title)s” is removed.") % {"title": attachment.title},
        extra_tags=f"undo={reverse('customers:file-restore', args=[pk])}",
    )
    return redirect("customers:files", pk=attachment.customer_id)


@require_POST
@login_required
def restore(request, pk):
    attachment = _file(request, pk, removed=True)
    _may_write(request)
    try:
        actions.restore(attachment=attachment, by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("“%(title)s” is back.") % {"title": attachment.title})
    return redirect("customers:files", pk=attachment.customer_id)
