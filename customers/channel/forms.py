"""The shape of a move."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.profile.models import Customer


class MoveForm(forms.Form):
    """`upstream` is entered by code, since no list of all customers fits a menu; empty: the brand itself."""

    upstream = forms.CharField(
        label=gettext_lazy("New supplier"),
        max_length=64,
        required=False,
        help_text=gettext_lazy("The code of the customer it buys from; empty: it buys from the brand itself."),
    )
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_upstream(self):
        code = self.cleaned_data["upstream"].strip()
        if not code:
            return None
        found = Customer.objects.visible_to(self.user).filter(code=code).first()
        if found is None:
            raise forms.ValidationError(_("There is no customer with this code."), code="unknown")
        return found
