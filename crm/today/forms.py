"""To whom a line goes, and a word with it."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.today.models import LONGEST


class HandOverForm(forms.Form):
    to = forms.ModelChoiceField(label=_("To whom"), queryset=None)
    note = forms.CharField(label=_("A word with it"), max_length=LONGEST, required=False)
    tell = forms.BooleanField(
        label=_("Tell them what is written here"),
        help_text=_("It is only for you: if not, they learn that there is a next step and when, not what it is."),
        required=False,
    )

    def __init__(self, *args, people, is_private=False, **kwargs):
        super().__init__(*args, **kwargs)
        if not is_private:
            del self.fields["tell"]
        self.fields["to"].queryset = people.order_by("name", "username")
