"""The company's clock: the only place that asks what day it is. Rules take the day as an argument."""

import datetime

from django.utils import timezone


def today() -> datetime.date:
    """The calendar day in the company's time zone."""
    return timezone.localdate()


def now() -> datetime.datetime:
    return timezone.now()
