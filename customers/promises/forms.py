"""The shape of what people enter about promises."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from crm.clock import today
from customers.people.models import Person
from customers.profile.forms import DayInput, PersonField
from customers.promises.actions import owners_open_to
from customers.promises.keeping import usual_days
from customers.promises.models import LONGEST, Commitment, Side

VERSION = {"required": False, "widget": forms.HiddenInput}


class StandingField(forms.ModelChoiceField):
    """One of the people of a customer."""

    def label_from_instance(self, obj: Person) -> str:
        return obj.name


def people_of(user, customer):
    return Person.objects.visible_to(user).filter(roles__customer=customer).distinct()


class CommitmentForm(forms.Form):
    side = forms.ChoiceField(
        label=gettext_lazy("Whose promise"), choices=Side.choices, widget=forms.RadioSelect, initial=Side.OURS
    )
    text = forms.CharField(label=gettext_lazy("What was promised"), max_length=LONGEST)
    due_on = forms.DateField(label=gettext_lazy("Until"), widget=DayInput())
    owner = PersonField(
        label=gettext_lazy("Who of us keeps it"),
        queryset=None,
        required=False,
        help_text=gettext_lazy("For a promise of ours."),
    )
    person = StandingField(label=gettext_lazy("Said by or to"), queryset=None, required=False)
    made_on = forms.DateField(label=gettext_lazy("Promised on"), widget=DayInput(), required=False)
    version = forms.IntegerField(**VERSION)

    def __init__(self, *args, by, customer, commitment: Commitment | None = None, **kwargs):
        if commitment is not None:
            kwargs["initial"] = {
                "text": commitment.text,
                "owner": commitment.owner_id,
                "person": commitment.person_id,
                "version": commitment.version,
            }
        super().__init__(*args, **kwargs)
        owner = self.fields["owner"]
        owner.queryset = owners_open_to(by, commitment.owner_id if commitment is not None else None)
        self.fields["person"].queryset = people_of(by, customer)
        if commitment is None:
            owner.initial = by.pk
            self.fields["due_on"].initial = usual_days(today())["week"]
            return
        for name in ("side", "due_on", "made_on"):
            del self.fields[name]
        if commitment.owner_id is None:
            del self.fields["owner"]

    def values(self) -> dict:
        """What the actions take, without the version. Who keeps a promise of theirs is not ours to say."""
        found = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        if found.get("side") == Side.THEIRS:
            found["owner"] = None
        return found


class SettleForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("What became of it"), max_length=LONGEST, required=False, widget=forms.Textarea({"rows": 2})
    )
    version = forms.IntegerField(**VERSION)


class KeepForm(SettleForm):
    on = forms.DateField(label=gettext_lazy("Kept on"), widget=DayInput(), required=False)
    field_order = ["on", "note"]


class PutOffForm(SettleForm):
    due_on = forms.DateField(label=gettext_lazy("Agreed on until"), widget=DayInput())
    field_order = ["due_on", "note"]
