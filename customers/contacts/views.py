"""Pages of contacts: the list, a customer's own, one of them, and changing it. Logging one: quick_views.py."""

from __future__ import annotations

import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.clock import now, today
from crm.exports import actions as exports
from crm.listing.keyset import page
from customers.contacts import actions, listing, reading
from customers.contacts.charts import curve
from customers.contacts.forms import ContactForm, TopicForm
from customers.contacts.ground import add_topic, bring_back, retire_topic
from customers.contacts.models import Channel, Contact, Mood, Topic
from customers.profile.actions import people_open_to
from customers.profile.doors import customer_of, edits, flaws_of, refuse_readers

PAGE = 50
A_YEAR = datetime.timedelta(days=365)


def told(rows: list[Contact], user) -> list[Contact]:
    """Each with what this person may do to it."""
    for one in rows:
        one.may_change = actions.may_change(one, user)  # type: ignore[attr-defined]
    return rows


def _contact(request, pk) -> Contact:
    """One that was taken back is there for its author only."""
    rows = Contact.objects.visible_to(request.user).filter(Q(removed_at__isnull=True) | Q(by=request.user))
    return get_object_or_404(rows.select_related("customer__standing", "by", "person"), pk=pk)


@require_safe
@login_required
def contact_list(request):
    """?channel=, ?mood=low|even|high, ?who=all|ID, ?after= and ?before= page."""
    user, params = request.user, request.GET
    rows, asked = listing.narrowed(user, params)
    found = page(rows, listing.LATEST, True, after=params.get("after", ""), before=params.get("before", ""), size=PAGE)
    context = {
        "contacts": told(found.rows, user),
        "page": found,
        "filters": _filters(user, asked),
        "narrowed": asked.is_narrowed,
        "may_write": user.may_write,
        "here": params.urlencode(),
    }
    return render(request, "contacts/list.html", context)


def _filters(user, asked: listing.Asked) -> list[dict]:
    people = [] if user.role == "manager" else list(people_open_to(user)[:200])
    who = [("mine", _("Mine")), *((str(one.pk), str(one)) for one in people if one.pk != user.pk)]
    channels = list(Channel.choices)
    moods = [("low", _("uneasy or angry")), ("even", Mood.NEUTRAL.label), ("high", _("content or happy"))]
    marks = [("vent", _("just listened")), ("private", _("only for me"))]
    return [
        {"label": label, "name": name, "value": value, "shown": dict(choices).get(value, ""), "choices": choices}
        for label, name, value, choices in (
            (_("Who of us"), "who", asked.who, who),
            (_("How"), "channel", asked.channel, channels),
            (_("Mood"), "mood", asked.mood, moods),
            (_("Mark"), "mark", asked.mark, marks),
        )
    ]


@require_safe
@login_required
def customer_contacts(request, pk):
    """All contacts with a customer, how its mood went, and what both have in common."""
    customer, user = customer_of(request, pk), request.user
    rows = Contact.objects.visible_to(user).live().filter(customer=customer).select_related("by", "person")
    found = page(
        rows,
        listing.LATEST,
        True,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        size=PAGE,
    )
    set_aside = Topic.objects.visible_to(user).filter(customer=customer, retired_on__isnull=False)
    context = {
        "customer": customer,
        "contacts": told(found.rows, user),
        "page": found,
        "moods": curve(reading.moods_of(customer, now() - A_YEAR, user)),
        "shared": reading.shared_with(user, customer, today()),
        "set_aside": list(set_aside.order_by("-retired_on", "-pk")[:20]),
        "may_write": user.may_write,
        "form": TopicForm(by=user, customer=customer, auto_id="topic-%s") if user.may_write else None,
    }
    return render(request, "contacts/customer.html", context)


@require_safe
@login_required
def detail(request, pk):
    one = _contact(request, pk)
    told([one], request.user)
    context = {
        "one": one,
        "customer": one.customer,
        "own": one.by_id == request.user.pk,
        "may_write": request.user.may_write,
    }
    return render(request, "contacts/detail.html", context)


@edits
@login_required
def edit(request, pk):
    one = _contact(request, pk)
    refuse_readers(request)
    if not actions.may_change(one, request.user):
        raise PermissionDenied(_("A contact is changed by its author within a day; after that, log another one."))
    form = ContactForm(request.POST or None, by=request.user, customer=one.customer, contact=one)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_contact(contact=one, by=request.user, version=form.cleaned_data["version"], **form.values())
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("contacts:detail", pk=pk)
    context = {"customer": one.customer, "one": one, "form": form}
    return render(request, "contacts/form.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def remove(request, pk):
    one = _contact(request, pk)
    refuse_readers(request)
    try:
        actions.remove_contact(contact=one, by=request.user, reason=request.POST.get("reason", "")[:300])
    except ValidationError as refusal:
        messages.error(request, flaws_of(refusal))
        return redirect("contacts:detail", pk=pk)
    undo = f"undo={reverse('contacts:restore', args=[pk])}"
    messages.success(request, _("The contact is taken back."), extra_tags=undo)
    return redirect("contacts:customer", pk=one.customer_id)


@require_POST
@login_required
def restore(request, pk):
    one = _contact(request, pk)
    refuse_readers(request)
    try:
        actions.restore_contact(contact=one, by=request.user)
    except ValidationError as refusal:
        messages.error(request, flaws_of(refusal))
    else:
        messages.success(request, _("The contact is back."))
    return redirect("contacts:detail", pk=pk)


@require_POST
@login_required
def export(request):
    """A file of the whole list with its filters."""
    query = QueryDict(request.POST.get("query", "")[:4000])
    try:
        made = exports.ask(
            kind="contacts", format=request.POST.get("format", ""), query=query.urlencode(), by=request.user
        )
    except ValidationError as refusal:
        messages.error(request, flaws_of(refusal))
        return redirect("contacts:list")
    messages.success(request, _("The file %(name)s is being made.") % {"name": made.name})
    return redirect("crm:exports")


# --- common ground ------------------------------------------------------------------------------------------------


@require_POST
@login_required
def topic_add(request, pk):
    customer = customer_of(request, pk)
    refuse_readers(request)
    form = TopicForm(request.POST, by=request.user, customer=customer)
    if form.is_valid():
        try:
            made = add_topic(customer=customer, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            undo = f"undo={reverse('contacts:topic-retire', args=[made.pk])}"
            messages.success(request, _("Common ground added."), extra_tags=undo)
    if form.errors:
        messages.error(request, " ".join(str(flaw) for flaws in form.errors.values() for flaw in flaws))
    return redirect(f"{reverse('contacts:customer', args=[pk])}#ground")


def _topic(request, pk) -> Topic:
    found = get_object_or_404(Topic.objects.visible_to(request.user).select_related("customer"), pk=pk)
    refuse_readers(request)
    return found


@require_POST
@login_required
def topic_retire(request, pk):
    topic = _topic(request, pk)
    retire_topic(topic=topic, by=request.user)
    undo = f"undo={reverse('contacts:topic-back', args=[pk])}"
    messages.success(request, _("Set aside."), extra_tags=undo)
    return redirect(f"{reverse('contacts:customer', args=[topic.customer_id])}#ground")


@require_POST
@login_required
def topic_back(request, pk):
    topic = _topic(request, pk)
    try:
        bring_back(topic=topic, by=request.user)
    except ValidationError as refusal:
        messages.error(request, flaws_of(refusal))
    else:
        messages.success(request, _("It is common ground again."))
    return redirect(f"{reverse('contacts:customer', args=[topic.customer_id])}#ground")
