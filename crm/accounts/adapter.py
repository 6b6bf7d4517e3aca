"""allauth's hooks: nobody signs up by themselves; sign-ins and failures go into the audit log."""

from allauth.account.adapter import DefaultAccountAdapter

from crm.audit.actions import record
from crm.middleware import client_address


class Adapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request):
        return False

    def get_client_ip(self, request):
        return client_address(request)

    def post_login(self, request, user, **kwargs):
        record(action="session.begin", target=user, actor=user)
        return super().post_login(request, user, **kwargs)

    def authentication_failed(self, request, **credentials):
        record(action="session.refuse", reason=str(credentials.get("username") or credentials.get("email") or "")[:80])
        super().authentication_failed(request, **credentials)
