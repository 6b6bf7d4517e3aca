"""Signing in and out, passwords, second factor: allauth's views, without those that would let strangers sign up."""

from allauth.account import urls as account_urls
from allauth.mfa import urls as mfa_urls
from django.urls import include, path
from django.views.generic import RedirectView

# Nobody signs up or changes their own address here: administrators make people.
_LEFT_OUT = {
    "account_signup",
    "account_email",
    "account_email_verification_sent",
    "account_confirm_email",
    "account_confirm_login_code",
    "account_set_password",
}

urlpatterns = [
    *[pattern for pattern in account_urls.urlpatterns if getattr(pattern, "name", None) not in _LEFT_OUT],
    # Where allauth sends who has no password yet: they get a link by mail, an open session alone sets none.
    path("password/set/", RedirectView.as_view(pattern_name="account_reset_password"), name="account_set_password"),
    path("2fa/", include(mfa_urls.urlpatterns)),
]
