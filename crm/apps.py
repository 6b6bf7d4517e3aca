from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CrmConfig(AppConfig):
    name = "crm"
    verbose_name = _("Foundation")

    def ready(self):
        import_module("crm.accounts.credentials")  # it listens; models can be read only from now on
