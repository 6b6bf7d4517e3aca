"""Leaving, and changes of how a person signs in, go into the audit log. allauth tells of them by signal alone."""

from __future__ import annotations

from allauth.account.signals import password_changed, password_reset
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver

from crm.audit.actions import HIDDEN, record


@receiver(user_logged_out)
def _left(sender, request, user, **kwargs):
    if user is not None:
        record(action="session.end", target=user, actor=user)


@receiver(password_changed)
def _password_changed(sender, request, user, **kwargs):
    record(action="user.password", target=user, actor=user, changes={"password": [HIDDEN, HIDDEN]})


@receiver(password_reset)
def _password_reset(sender, request, user, **kwargs):
    """Nobody is signed in: whoever holds the mailbox did it, so the person stands as actor."""
    record(action="user.password", target=user, actor=user, changes={"password": [HIDDEN, HIDDEN]}, reason="reset")


@receiver(authenticator_added)
def _factor_added(sender, request, user, authenticator, **kwargs):
    record(action="user.factor", target=user, actor=user, changes={authenticator.type: [None, HIDDEN]})


@receiver(authenticator_removed)
def _factor_removed(sender, request, user, authenticator, **kwargs):
    record(action="user.factor", target=user, actor=user, changes={authenticator.type: [HIDDEN, None]})


@receiver(authenticator_reset)
def _factor_reset(sender, request, user, authenticator, **kwargs):
    record(action="user.factor", target=user, actor=user, changes={authenticator.type: [HIDDEN, HIDDEN]})
