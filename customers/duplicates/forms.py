"""The shape of what people decide about likely doubles."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.duplicates.actions import TAKEABLE
from customers.duplicates.comparing import FIRST, SECOND
from customers.profile.models import Customer

SIDES = [(FIRST, FIRST), (SECOND, SECOND)]


class MergeForm(forms.Form):
    """survivor: the side that stays; keep_<field>: the side whose value stays."""

    survivor = forms.ChoiceField(choices=SIDES)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in TAKEABLE:
            self.fields[f"keep_{name}"] = forms.ChoiceField(choices=SIDES, required=False)

    def take(self) -> list[str]:
        """The fields in which the survivor gets the other's value."""
        survivor = self.cleaned_data["survivor"]
        return [name for name in TAKEABLE if self.cleaned_data[f"keep_{name}"] not in ("", survivor)]


class DismissForm(forms.Form):
    note = forms.CharField(label=gettext_lazy("Why they are two"), max_length=300, required=False)


class ProposeForm(forms.Form):
    """Two customers by their codes."""

    first = forms.CharField(label=gettext_lazy("Code of the one"), max_length=64)
    second = forms.CharField(label=gettext_lazy("Code of the other"), max_length=64)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def _found(self, name: str) -> Customer:
        found = Customer.objects.visible_to(self.user).filter(code=self.cleaned_data[name].strip()).first()
        if found is None:
            raise forms.ValidationError(_("There is no customer with this code."), code="unknown")
        return found

    def clean_first(self):
        return self._found("first")

    def clean_second(self):
        return self._found("second")
