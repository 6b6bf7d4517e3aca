"""Pages of people: who there is, one of them, and writing them, their roles and relations."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crm.clock import today
from crm.listing.keyset import Order, page
from crm.panels import collect
from customers.people import actions, reading
from customers.people.discretion import may_see_private
from customers.people.forms import EndForm, PersonForm, RelateForm, RelationForm, RoleForm, StandForm
from customers.people.models import Person, PersonRole, Relation
from customers.people.telling import birthday, lines_of
from customers.profile.doors import edits
from customers.profile.models import Customer

BY_NAME = Order("name", "name")
ROLES_SHOWN = 3


def _refuse_readers(user):
    if not user.may_write:
        raise PermissionDenied(_("Your role reads customers and changes none."))


def _person(request, pk) -> Person:
    return get_object_or_404(Person.objects.visible_to(request.user), pk=pk)


def _role(request, pk) -> PersonRole:
    rows = PersonRole.objects.visible_to(request.user).select_related("person", "customer")
    found = get_object_or_404(rows, pk=pk)
    _refuse_readers(request.user)
    return found


def _relation(request, pk) -> Relation:
    names = ("type", "start_person", "start_customer", "end_person", "end_customer")
    found = get_object_or_404(Relation.objects.visible_to(request.user).select_related(*names), pk=pk)
    _refuse_readers(request.user)
    return found


@require_safe
@login_required
def people(request):
    """?q= looks for name, phone, WeChat, pinyin or initials."""
    text = request.GET.get("q", "")[:80]
    rows = Person.objects.visible_to(request.user).found_by(text)
    found = page(rows, BY_NAME, False, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    roles = PersonRole.objects.visible_to(request.user).in_force(today()).filter(person__in=[p.pk for p in found.rows])
    standing: dict[int, list[PersonRole]] = {}
    for role in roles.select_related("customer").order_by("-is_primary", "pk"):
        standing.setdefault(role.person_id, []).append(role)
    lines = [(one, standing.get(one.pk, [])[:ROLES_SHOWN], len(standing.get(one.pk, []))) for one in found.rows]
    context = {"lines": lines, "page": found, "q": text, "may_write": request.user.may_write}
    return render(request, "customers/people/list.html", context)


@require_safe
@login_required
def detail(request, pk):
    person = _person(request, pk)
    user, day = request.user, today()
    roles = list(
        PersonRole.objects.visible_to(user).filter(person=person).select_related("customer").order_by("until", "pk")
    )
    context = {
        "person": person,
        "roles": [one for one in roles if one.until is None or one.until > day],
        "over": [one for one in roles if one.until is not None and one.until <= day],
        "relations": lines_of(user, person),
        "may_write": user.may_write,
        "sees_private": may_see_private(user, person),
        "birthday": birthday(person),
        "today": day,
        "panels": collect(settings.PERSON_PANELS, request, person=person)["side"],
    }
    return render(request, "customers/people/detail.html", context)


@edits
@login_required
def create(request):
    """?customer= is the customer with whom the new person stands; without one, nobody else sees the person yet."""
    _refuse_readers(request.user)
    customer = _customer_named(request)
    form = PersonForm(request.POST or None, user=request.user, placed=customer is not None)
    if request.method == "POST" and form.is_valid():
        try:
            person = actions.create_person(
                by=request.user, customer=customer, role=form.role_values() if customer else None, **form.values()
            )
        except ValidationError as refusal:
            _told_under(form, refusal)
        else:
            messages.success(request, _("%(name)s is written down.") % {"name": person.name})
            if customer is not None:
                return redirect("customers:detail", pk=customer.pk)
            return redirect("customers:person", pk=person.pk)
    context = {"form": form, "customer": customer, "title": _("New person")}
    return render(request, "customers/people/form.html", context, status=422 if form.errors else 200)


def _customer_named(request) -> Customer | None:
    text = request.GET.get("customer", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Http404
    return get_object_or_404(Customer.objects.visible_to(request.user), pk=int(text))


@edits
@login_required
def edit(request, pk):
    person = _person(request, pk)
    _refuse_readers(request.user)

    def made(data=None):
        return PersonForm(data, user=request.user, person=person)

    def write(form):
        values = {**form.values(), "version": form.cleaned_data["version"]}
        return actions.change_person(person=person, by=request.user, **values)

    back = reverse("customers:person", args=[pk])
    return _edited(request, person, made, write, back, _("Edit %(name)s") % {"name": person.name})


@edits
@login_required
def role_edit(request, pk):
    role = _role(request, pk)

    def made(data=None):
        return RoleForm(data, role=role)

    def write(form):
        values = {**form.role_values(), "version": form.cleaned_data["version"]}
        return actions.change_role(standing=role, by=request.user, **values)

    title = _("%(name)s with %(customer)s") % {"name": role.person.name, "customer": role.customer.name}
    return _edited(request, role, made, write, reverse("customers:person", args=[role.person_id]), title)


@edits
@login_required
def relation_edit(request, pk):
    relation = _relation(request, pk)

    def made(data=None):
        return RelationForm(data, relation=relation)

    def write(form):
        values = {**form.values(), "version": form.cleaned_data["version"]}
        return actions.change_relation(relation=relation, by=request.user, **values)

    return _edited(request, relation, made, write, _home_of(relation), str(relation))


def _edited(request, row, made, write, back: str, title: str):
    """Form, save, or the difference to what somebody else saved meanwhile. made(data): the form of the row as it is."""
    form = made(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            changed = write(form)
        except ValidationError as refusal:
            if getattr(refusal, "code", None) == "conflict":
                return _conflict(request, row, form, made, back, title)
            _told_under(form, refusal)
        else:
            if changed.version != row.version:
                messages.success(request, _("The changes are saved."))
            return redirect(back)
    context = {"form": form, "back": back, "title": title, "editing": True}
    return render(request, "customers/people/form.html", context, status=422 if form.errors else 200)


def _conflict(request, row, form, made, back: str, title: str):
    """Both texts side by side; sending the form again from here is a decision made knowing the other's."""
    now = made()
    differing = [
        {
            "field": field,
            "mine": _shown(field, field.value()),
            "theirs": _shown(now[field.name], now[field.name].value()),
        }
        for _title, fields in form.groups()
        for field in fields
    ]
    differing = [one for one in differing if one["mine"] != one["theirs"]]
    data = form.data.copy()
    data["version"] = row.version
    context = {"form": made(data), "back": back, "title": title, "differing": differing}
    return render(request, "customers/people/conflict.html", context, status=409)


def _shown(field, value) -> str:
    """A field's value as its reader knows it: the label of a choice, yes or no."""
    if value in (True, "on"):
        return _("yes")
    text = "" if value in (None, False) else str(value)
    choices = getattr(field.field, "choices", None) or ()
    return next((str(label).strip() for key, label in choices if str(key) == text), text)


@edits
@login_required
def stand(request, pk):
    """One more customer with whom a person stands."""
    person = _person(request, pk)
    _refuse_readers(request.user)
    form = StandForm(request.POST or None, user=request.user)
    if _is_sent(request) and form.is_valid():
        try:
            role = actions.add_role(person=person, customer=form.chosen, by=request.user, **form.role_values())
        except ValidationError as refusal:
            _told_under(form, refusal)
        else:
            text = _("%(name)s now stands with %(customer)s.")
            messages.success(request, text % {"name": person.name, "customer": role.customer.name})
            return redirect("customers:person", pk=pk)
    back = reverse("customers:person", args=[pk])
    title = _("With whom else does %(name)s stand?") % {"name": person.name}
    return _asked(request, form, back, title, form.NAMES, person.name)


@edits
@login_required
def relate(request, pk):
    return _relate(request, _person(request, pk), reverse("customers:person", args=[pk]))


@edits
@login_required
def relate_customer(request, pk):
    customer = get_object_or_404(Customer.objects.visible_to(request.user), pk=pk)
    return _relate(request, customer, reverse("customers:network", args=[pk]))


def _relate(request, here, back: str):
    _refuse_readers(request.user)
    form = RelateForm(request.POST or None, user=request.user)
    if _is_sent(request) and form.is_valid():
        try:
            made = actions.relate(by=request.user, **form.values_for(here))
        except ValidationError as refusal:
            _told_under(form, refusal)
        else:
            messages.success(request, _("Written down: %(relation)s.") % {"relation": made})
            return redirect(back)
    title = _("How is %(name)s related, and to whom?") % {"name": here.name}
    return _asked(request, form, back, title, ("strength", "since", "note"), here.name)


def _is_sent(request) -> bool:
    """A press on “Find” only looks for names; htmx does so while one types."""
    return request.method == "POST" and "find" not in request.POST


def _asked(request, form, back: str, title: str, names, here: str):
    if "find" in request.POST:
        form._errors = {}
    context = {"form": form, "back": back, "title": title, "fields": [form[name] for name in names], "here": here}
    return render(request, "customers/people/relate.html", context, status=422 if form.errors else 200)


@require_safe
@login_required
def find(request):
    """The names that a text finds, to choose one of; a part of the forms that ask for somebody."""
    found = reading.found(request.user, request.GET.get("q", "")[:80], 8)
    only = request.GET.get("only", "")
    found = [one for one in found if only in ("", one.node[0])]
    return render(request, "customers/people/_found.html", {"found": found, "asked": request.GET.get("q", "")})


@edits
@login_required
def role_end(request, pk):
    role = _role(request, pk)
    title = _("%(name)s stands with %(customer)s no more")
    title = title % {"name": role.person.name, "customer": role.customer.name}
    back = reverse("customers:person", args=[role.person_id])
    return _ended(request, lambda **values: actions.end_role(standing=role, **values), role, back, title)


@edits
@login_required
def relation_end(request, pk):
    relation = _relation(request, pk)
    title = _("No more: %(relation)s") % {"relation": relation}
    end = lambda **values: actions.end_relation(relation=relation, **values)
    return _ended(request, end, relation, _home_of(relation), title)


def _ended(request, end, row, back: str, title: str):
    form = EndForm(request.POST or None, initial={"until": today(), "version": row.version})
    if request.method == "POST" and form.is_valid():
        try:
            end(by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            _told_under(form, refusal)
        else:
            messages.success(request, _("It has an end now and stays in the history."))
            return redirect(back)
    context = {"form": form, "back": back, "title": title}
    return render(request, "customers/people/end.html", context, status=422 if form.errors else 200)


def _home_of(relation: Relation) -> str:
    """The page of an end that is a person, else the network of the first."""
    person = relation.start_person_id or relation.end_person_id
    if person:
        return reverse("customers:person", args=[person])
    return reverse("customers:network", args=[relation.start_customer_id])


def _told_under(form, refusal: ValidationError) -> None:
    """An action's refusal under the fields it names; what the form does not ask for stands on top."""
    if not hasattr(refusal, "error_dict"):
        form.add_error(None, refusal)
        return
    other = {"note": "role_note" if "role_note" in form.fields else "note"}
    for field, errors in refusal.error_dict.items():
        name = other.get(field, field)
        form.add_error(name if name in form.fields else None, errors)
