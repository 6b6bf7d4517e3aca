"""The shape of what is entered about people, their roles and relations; whether it may be is for the actions to say."""

from __future__ import annotations

from django import forms
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm.clock import today
from customers.people import reading
from customers.people.actions import PERSON, ROLE
from customers.people.discretion import may_see_private
from customers.people.models import Gender, Person, PersonRole, Relation, RelationType, StandsAs
from customers.people.private import PRIVATE_FIELDS
from customers.profile.forms import DayInput

FOUND = 8


def _strength():
    return forms.TypedChoiceField(
        label=gettext_lazy("How close"),
        choices=Relation.Strength.choices,
        coerce=int,
        initial=Relation.Strength.GOOD,
    )


def _note(label, rows: int = 2, longest: int = 300):
    return forms.CharField(label=label, max_length=longest, required=False, widget=forms.Textarea({"rows": rows}))


class RoleForm(forms.Form):
    """As what a person stands with a customer, from when until when."""

    role = forms.ChoiceField(label=gettext_lazy("Stands as"), choices=StandsAs.choices)
    role_other = forms.CharField(
        label=gettext_lazy("As what else"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Only where you chose “other”: in a word or two."),
    )
    since = forms.DateField(label=gettext_lazy("From"), required=False, widget=DayInput())
    is_primary = forms.BooleanField(
        label=gettext_lazy("First to call"),
        required=False,
        help_text=gettext_lazy("One person of each customer; the one before steps back."),
    )
    role_note = _note(gettext_lazy("Note on this role"))
    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    NAMES: tuple[str, ...] = ("role", "role_other", "since", "is_primary", "role_note")

    def __init__(self, *args, role: PersonRole | None = None, **kwargs):
        if role is not None:
            kwargs["initial"] = {
                **{name: getattr(role, name) for name in ROLE},
                "role_note": role.note,
                "version": role.version,
            }
        super().__init__(*args, **kwargs)
        if role is not None:
            self.fields["until"] = forms.DateField(
                label=gettext_lazy("Until"),
                required=False,
                widget=DayInput(),
                help_text=gettext_lazy("The first day it no longer holds."),
            )
            self.NAMES = ("role", "role_other", "since", "until", "is_primary", "role_note")

    def role_values(self) -> dict:
        values = {name: self.cleaned_data[name] for name in self.NAMES}
        values["note"] = values.pop("role_note")
        return values

    def groups(self):
        return [(_("Role"), [self[name] for name in self.NAMES])]


class PersonForm(RoleForm):
    """A person; `placed`: with the role at one customer, where a new one is written down."""

    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=80)
    phone = forms.CharField(
        label=gettext_lazy("Phone"), max_length=40, required=False, widget=forms.TextInput({"inputmode": "tel"})
    )
    wechat = forms.CharField(label=gettext_lazy("WeChat"), max_length=64, required=False)
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    gender = forms.ChoiceField(
        label=gettext_lazy("Gender"), choices=[("", gettext_lazy("not said")), *Gender.choices], required=False
    )
    birth_year = forms.IntegerField(
        label=gettext_lazy("Year of birth"),
        min_value=1900,
        max_value=2200,
        required=False,
        help_text=gettext_lazy("May stay empty: month and day are enough for congratulations."),
    )
    birth_month = forms.TypedChoiceField(
        label=gettext_lazy("Month of birth"),
        choices=[("", "—"), *MONTHS.items()],
        coerce=int,
        empty_value=None,
        required=False,
    )
    birth_day = forms.IntegerField(label=gettext_lazy("Day of birth"), min_value=1, max_value=31, required=False)
    note = _note(gettext_lazy("Note"), 3, 2000)
    BASICS = ("name", "phone", "wechat", "email", "gender")
    PRIVATE = ("birth_month", "birth_day", "birth_year", "note")

    def __init__(self, *args, user, person: Person | None = None, placed: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        self.placed, self.sees_private = placed, may_see_private(user, person)
        if not placed:
            for name in self.NAMES:
                del self.fields[name]
        if not self.sees_private:
            for name in PRIVATE_FIELDS:
                del self.fields[name]
        if person is not None:
            self.initial = {**{name: getattr(person, name) for name in PERSON}, "version": person.version}

    def values(self) -> dict:
        """What the actions take, without the version; nothing of what this person does not see."""
        return {name: self.cleaned_data[name] for name in PERSON if name in self.fields}

    def groups(self):
        found = [(_("Who it is"), [self[name] for name in self.BASICS])]
        if self.placed:
            found += super().groups()
        if self.sees_private:
            found.append((_("Personal"), [self[name] for name in self.PRIVATE]))
        return found

    def quick(self):
        """What the dialog asks for; the rest is added on the person's own page."""
        return [self[name] for name in ("name", "phone", "role", "role_other", "is_primary")]


class EndField(forms.Form):
    """Names a person or a customer: a text is looked for, and one of what it finds is chosen."""

    q = forms.CharField(label=gettext_lazy("Whom"), max_length=80, required=False)
    end = forms.CharField(max_length=24, required=False, widget=forms.HiddenInput)
    ONLY = ""

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.chosen = None
        text = (self.data.get("q") or "") if self.is_bound else ""
        self.found = [one for one in reading.found(user, text, FOUND) if not self.ONLY or one.node[0] == self.ONLY]
        self.asked = text

    def clean(self):
        values = super().clean() or self.cleaned_data
        node = values.get("end") or (self.found[0].node if len(self.found) == 1 else "")
        self.chosen = reading.row_of(self.user, node) if not self.ONLY or node[:1] == self.ONLY else None
        if self.chosen is None:
            self.add_error("q", _("Look for a name and choose one of those found."))
        return values


class RelateForm(EndField):
    """type is `code` forward or `-code` backward, so that each reads from this page's person on."""

    type = forms.ChoiceField(label=gettext_lazy("Relation"))
    strength = _strength()
    since = forms.DateField(label=gettext_lazy("From"), required=False, widget=DayInput())
    note = _note(gettext_lazy("Note"))

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, user=user, **kwargs)
        types = RelationType.objects.visible_to(user).filter(active=True)
        if not may_see_private(user):
            types = types.filter(family=False)
        self.types = {one.code: one for one in types}
        choices = []
        for code, one in self.types.items():
            choices.append((code, one.words()))
            if not one.symmetric:
                choices.append((f"-{code}", one.words(forward=False)))
        self.fields["type"].choices = choices

    def values_for(self, here) -> dict:
        code = self.cleaned_data["type"]
        ends = {"start": here, "end": self.chosen} if code[0] != "-" else {"start": self.chosen, "end": here}
        return {
            "type": self.types[code.removeprefix("-")],
            **ends,
            **{name: self.cleaned_data[name] for name in ("strength", "since", "note")},
        }


class StandForm(RoleForm, EndField):
    """Somebody who is there already, and one more customer."""

    ONLY = "c"


class RelationForm(forms.Form):
    strength = _strength()
    since = forms.DateField(label=gettext_lazy("From"), required=False, widget=DayInput())
    until = forms.DateField(
        label=gettext_lazy("Until"),
        required=False,
        widget=DayInput(),
        help_text=gettext_lazy("The first day it no longer holds."),
    )
    note = _note(gettext_lazy("Note"))
    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    NAMES = ("strength", "since", "until", "note")

    def __init__(self, *args, relation: Relation, **kwargs):
        kwargs["initial"] = {**{name: getattr(relation, name) for name in self.NAMES}, "version": relation.version}
        super().__init__(*args, **kwargs)

    def values(self) -> dict:
        return {name: self.cleaned_data[name] for name in self.NAMES}

    def groups(self):
        return [(_("Relation"), [self[name] for name in self.NAMES])]


class EndForm(forms.Form):
    until = forms.DateField(
        label=gettext_lazy("Until"),
        widget=DayInput(),
        initial=today,
        help_text=gettext_lazy("The first day it no longer holds."),
    )
    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
