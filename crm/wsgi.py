"""The web server's door. Without Redis, the worker thread lives here too."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
application = get_wsgi_application()

from crm import patience  # noqa: E402 - apps must be ready first
from crm.jobs import embedded  # noqa: E402

patience.short()
embedded.start()
