"""The shape of what is entered about dealers' access, by us and by them."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm.clock import today
from customers.people.models import Person
from customers.profile.models import Customer


class AskForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email", "inputmode": "email"}),
    )


class InviteForm(forms.Form):
    person = forms.ModelChoiceField(
        label=gettext_lazy("One of its people"),
        queryset=None,
        required=False,
        empty_label=gettext_lazy("Somebody else"),
    )
    name = forms.CharField(
        label=pgettext_lazy("person", "Name"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("Left empty, name, e-mail and phone are those of the person chosen."),
    )
    email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=254, required=False)
    phone = forms.CharField(
        label=gettext_lazy("Phone"), max_length=40, required=False, widget=forms.TextInput({"inputmode": "tel"})
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=[("", gettext_lazy("The company's")), *settings.LANGUAGES],
        required=False,
    )
    send = forms.BooleanField(
        label=gettext_lazy("Send the link by e-mail"),
        required=False,
        initial=True,
        help_text=gettext_lazy("Where there is an address. The link is shown to you in any case."),
    )

    def __init__(self, *args, user, customer: Customer, **kwargs):
        super().__init__(*args, **kwargs)
        people = Person.objects.visible_to(user)
        roles = customer.person_roles.in_force(today()).values("person_id")
        self.fields["person"].queryset = people.filter(pk__in=roles).order_by("name", "pk")
