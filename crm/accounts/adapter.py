"""allauth's hooks: nobody signs up by themselves; sign-ins and failures go into the audit log."""

from __future__ import annotations

import contextvars
import logging

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.userkit import filter_users_by_email, get_user_by_username
from django.core.mail import EmailMessage
from django.core.signals import request_finished
from django.dispatch import receiver

from crm.accounts.models import User
from crm.audit.actions import record
from crm.middleware import client_address

logger = logging.getLogger(__name__)
_letters: contextvars.ContextVar[list[EmailMessage] | None] = contextvars.ContextVar("letters", default=None)


def person_named(login: str) -> User | None:
    """Whom a name or an e-mail address typed at the door means."""
    if not login:
        return None
    return get_user_by_username(login) or next(iter(filter_users_by_email(login, for_login=True)), None)


class Adapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request):
        return False

    def get_client_ip(self, request):
        return client_address(request)

    def send_mail(self, template_prefix, email, context):
        """Written now, sent when the answer is out: how long that takes must not tell whether there is an account."""
        letter = self.render_mail(template_prefix, email, {"request": self.request, "email": email, **context})
        _letters.set([*(_letters.get() or []), letter])

    def post_login(self, request, user, **kwargs):
        record(action="session.begin", target=user, actor=user)
        return super().post_login(request, user, **kwargs)

    def authentication_failed(self, request, **credentials):
        """What was typed is kept only if it names somebody: it may be a password in the wrong field."""
        login = str(credentials.get("username") or credentials.get("email") or "")
        person = person_named(login)
        record(action="session.refuse", target=person, reason=login[:80] if person else "")
        super().authentication_failed(request, **credentials)

    def _get_login_attempts_cache_key(self, request, **credentials):
        """One counter a person, whether tried by name or by e-mail: else there were twice as many tries."""
        login = str(credentials.get("email") or credentials.get("username") or "")
        person = person_named(login)
        return f"person-{person.pk}" if person else super()._get_login_attempts_cache_key(request, **credentials)


@receiver(request_finished, dispatch_uid="letters")
def _send_letters(**kwargs):
    letters = _letters.get() or []
    _letters.set(None)
    for letter in letters:
        try:
            letter.send()
        except OSError:
            logger.exception("a letter could not be sent")
