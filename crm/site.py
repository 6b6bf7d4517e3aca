"""The admin site: Django's own, under our skin, behind the same sign-in (throttled, second factor) as every page."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.utils.translation import gettext_lazy as _


class QiaoAdminSite(admin.AdminSite):
    site_title = _("Qiao")
    site_header = _("Qiao")
    index_title = _("Administration")
    site_url = "/"


site = QiaoAdminSite(name="admin")
site.login = secure_admin_login(site.login)  # type: ignore[method-assign]
