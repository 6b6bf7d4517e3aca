"""What people type to sign in and to look after their account."""

from __future__ import annotations

from allauth.account.forms import LoginForm
from django import forms
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import ApiToken


class SignInForm(LoginForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        login, password = self.fields["login"], self.fields["password"]
        login.label = _("User name or e-mail")
        login.widget.attrs = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        password.help_text = ""
        password.widget.attrs.pop("placeholder", None)
        self.fields["remember"].label = _("Keep me signed in on this device")

    def user_credentials(self):
        """What was typed, once: allauth tries an e-mail address as a name too, and a second hash tells who exists."""
        credentials = super().user_credentials()
        credentials["username"] = self.cleaned_data["login"]
        credentials.pop("email", None)
        return credentials


class TokenForm(forms.Form):
    label = forms.CharField(
        label=_("What is it for?"), max_length=80, help_text=_("For example the program that will use it.")
    )
    scope = forms.ChoiceField(
        label=_("What may it do?"),
        choices=ApiToken.Scope.choices,
        initial=ApiToken.Scope.READ,
        widget=forms.RadioSelect,
    )
