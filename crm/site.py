"""The admin site: Django's own, under our skin, behind the same sign-in (throttled) as every page.

Behind TLS a second factor is required here (`ADMIN_MFA`): who has none is led to set it up.
"""

from allauth.account.decorators import secure_admin_login
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class QiaoAdminSite(admin.AdminSite):
    site_title = gettext_lazy("Qiao")
    site_header = gettext_lazy("Qiao")
    index_title = gettext_lazy("Administration")
    site_url = "/"

    def has_permission(self, request):
        """Staff with a second factor; whoever only reads sends nothing but the wish to leave."""
        if not super().has_permission(request) or not self._second_factor(request.user):
            return False
        reads = request.method in ("GET", "HEAD") or request.path == reverse(f"{self.name}:logout")
        if not reads and not request.user.may_write:
            raise PermissionDenied(_("You may read, not change."))
        return True

    @staticmethod
    def _second_factor(user) -> bool:
        return not settings.ADMIN_MFA or is_mfa_enabled(user)

    def login(self, request, extra_context=None):
        if super().has_permission(request) and not self._second_factor(request.user):
            messages.warning(request, _("The administration asks for a second factor: set one up first."))
            return redirect("mfa_activate_totp")
        return super().login(request, extra_context)

    def password_change(self, request, extra_context=None):
        """By the one way there is, which asks who it is, signs the other devices out and is audited."""
        return redirect("account_change_password")

    def password_change_done(self, request, extra_context=None):
        return redirect("crm:profile")


site = QiaoAdminSite(name="admin")
site.login = secure_admin_login(site.login)  # type: ignore[method-assign]
