"""The Celery application: `celery -A crm worker`, `celery -A crm beat`."""

import os

from celery import Celery
from celery.signals import worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
os.environ.setdefault("REMAP_SIGTERM", "SIGQUIT")  # SIGTERM: finish what runs within the soft shutdown time

app = Celery("qiao")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["crm.jobs"])


@worker_ready.connect
def put_right(**_kwargs):
    """A worker that starts looks at once for what a dead one left behind."""
    from crm.jobs.tasks import reconcile  # noqa: PLC0415 - apps are ready only now

    reconcile()
