"""Pages of notes, tags and special customers."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.clock import today
from customers.care import bulk, notes, special
from customers.care.forms import EndForm, NoteForm, SpecialForm
from customers.care.models import Note
from customers.profile.doors import customer_of, edits, flaws_of, refuse_readers
from customers.profile.models import SpecialCare

PAGE = 50


# --- notes ------------------------------------------------------------------------------------------------------


@edits
@login_required
def note_list(request, pk):
    """Newest first; `before` is the note to go on from."""
    customer = customer_of(request, pk)
    form = NoteForm(request.POST or None)
    if request.method == "POST":
        refuse_readers(request)
        if form.is_valid():
            form.cleaned_data.pop("version")
            try:
                note = notes.write_note(customer=customer, by=request.user, **form.cleaned_data)
            except ValidationError as refusal:
                form.add_error(None, refusal)
            else:
                undo = f"undo={reverse('customers:note-remove', args=[note.pk])}"
                messages.success(request, _("The note is written down."), extra_tags=undo)
                back = reverse(
                    "customers:detail" if request.POST.get("next") == "detail" else "customers:notes", args=[pk]
                )
                return redirect(f"{back}#notes")
    rows = Note.objects.visible_to(request.user).live().filter(customer=customer).select_related("written_by")
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 19:
        start = Note.objects.visible_to(request.user).filter(customer=customer, pk=int(before)).first()
        rows = rows.filter(at__lte=start.at).exclude(at=start.at, pk__gte=start.pk) if start else rows
    found = list(rows[: PAGE + 1])
    context = {
        "customer": customer,
        "form": form,
        "notes": told(found[:PAGE], request.user),
        "more": found[PAGE - 1].pk if len(found) > PAGE else None,
        "may_write": request.user.may_write,
    }
    return render(request, "customers/care/notes.html", context, status=422 if form.errors else 200)


def told(rows: list[Note], user) -> list[Note]:
    """Each with what this person may do to it."""
    for one in rows:
        one.may_change = notes.may_change(one, user)  # type: ignore[attr-defined]
        one.may_remove = notes.may_remove(one, user)  # type: ignore[attr-defined]
    return rows


def _note(request, pk) -> Note:
    return get_object_or_404(Note.objects.visible_to(request.user).select_related("customer"), pk=pk)


@edits
@login_required
def note_edit(request, pk):
    note = _note(request, pk)
    refuse_readers(request)
    if not notes.may_change(note, request.user):
        raise PermissionDenied(_("A note is changed by its author within a day; after that, write another one."))
    initial = {name: getattr(note, name) for name in ("text", "mood", "is_private", "version")}
    form = NoteForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            notes.change_note(note=note, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("customers:notes", pk=note.customer_id)
    context = {"form": form, "note": note, "customer": note.customer}
    return render(request, "customers/care/note.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def note_remove(request, pk):
    note = _note(request, pk)
    refuse_readers(request)
    if not notes.may_remove(note, request.user):
        raise PermissionDenied(_("Only its author removes a note."))
    notes.remove_note(note=note, by=request.user)
    undo = f"undo={reverse('customers:note-restore', args=[pk])}"
    messages.success(request, _("The note is removed."), extra_tags=undo)
    return redirect("customers:notes", pk=note.customer_id)


@require_POST
@login_required
def note_restore(request, pk):
    note = _note(request, pk)
    refuse_readers(request)
    if not notes.may_remove(note, request.user):
        raise PermissionDenied(_("Only its author brings a note back."))
    notes.restore_note(note=note, by=request.user)
    messages.success(request, _("The note is back."))
    return redirect("customers:notes", pk=note.customer_id)


# --- tags -------------------------------------------------------------------------------------------------------


@require_POST
@login_required
def tags(request, pk):
    """`tag` names one to stick on, `off` one to take off."""
    customer = customer_of(request, pk)
    refuse_readers(request)
    off = "off" in request.POST
    try:
        action = bulk.tag(
            by=request.user, name=request.POST.get("off" if off else "tag", ""), ids=[customer.pk], off=off
        )
    except ValidationError as refusal:
        messages.error(request, flaws_of(refusal))
    else:
        if action.changed:
            text = _("“%(name)s” is off.") if off else _("“%(name)s” is on.")
            undo = f"undo={reverse('customers:bulk-undo', args=[action.pk])}?next={pk}"
            messages.success(request, text % {"name": action.params["name"]}, extra_tags=undo)
    return redirect("customers:detail", pk=pk)


# --- special customers --------------------------------------------------------------------------------------------


@require_safe
@login_required
def special_list(request):
    """Reviews due first."""
    rows = SpecialCare.objects.visible_to(request.user).open().select_related("customer__standing", "user")
    context = {"rows": list(rows.order_by("review_on", "pk")[:500]), "today": today(), "tab": "special"}
    return render(request, "customers/care/special_list.html", context)


@edits
@login_required
def special_one(request, pk):
    """Made special, or looked at again: one page."""
    customer = customer_of(request, pk)
    care = SpecialCare.objects.visible_to(request.user).open().filter(customer=customer).select_related("user").first()
    names = ("reason", "review_on", "exit_rule", "version")
    initial = {"user": care.user_id, **{name: getattr(care, name) for name in names}} if care else {}
    writes = request.user.may_write
    form = SpecialForm(request.POST or None, by=request.user, initial=initial) if writes else None
    if request.method == "POST":
        refuse_readers(request)
        if form.is_valid() and _special_written(request, customer, care, form):
            return redirect("customers:detail", pk=pk)
    past = SpecialCare.objects.visible_to(request.user).filter(customer=customer, ended_on__isnull=False)
    context = {
        "customer": customer,
        "care": care,
        "form": form,
        "end_form": EndForm(initial={"version": care.version}, auto_id="end-%s") if care and writes else None,
        "past": list(past.select_related("user").order_by("-since")[:20]),
        "is_due": care is not None and care.review_on <= today(),
    }
    return render(request, "customers/care/special.html", context, status=422 if form and form.errors else 200)


def _special_written(request, customer, care, form) -> bool:
    values = dict(form.cleaned_data)
    version = values.pop("version")
    try:
        if care is None:
            special.begin_care(customer=customer, by=request.user, **values)
            text = _("%(name)s is a special customer now.")
        else:
            special.review_care(care=care, by=request.user, version=version, **values)
            text = _("%(name)s stays a special customer.")
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return False
    messages.success(request, text % {"name": customer.name})
    return True


@edits
@login_required
def special_end(request, pk):
    customer = customer_of(request, pk)
    refuse_readers(request)
    care = SpecialCare.objects.visible_to(request.user).open().filter(customer=customer).first()
    if care is None:
        messages.error(request, _("This customer is no special one."))
        return redirect("customers:special", pk=pk)
    form = EndForm(request.POST or None, initial={"version": care.version})
    if request.method == "POST" and form.is_valid():
        try:
            special.end_care(care=care, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("%(name)s is an ordinary customer again.") % {"name": customer.name})
            return redirect("customers:detail", pk=pk)
    context = {"customer": customer, "care": care, "form": form}
    return render(request, "customers/care/special_end.html", context, status=422 if form.errors else 200)
