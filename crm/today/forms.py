"""To whom a line goes, and a word with it."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.today.models import LONGEST


class HandOverForm(forms.Form):
    to = forms.ModelChoiceField(label=_("To whom"), queryset=None)
    note = forms.CharField(label=_("A word with it"), max_length=LONGEST, required=False)

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = people.order_by("name", "username")
