"""Moments and times for the issues there are: due until the end of the day they had, stopped when they were solved."""

import datetime
from decimal import Decimal

from django.db import migrations
from django.db.models import Count, F
from django.utils import timezone

from customers.issues.standard import ship
from customers.issues.terms import USUAL

HOURS_OF_A_DAY = Decimal(8) * 5 / 7
"""Working hours of a calendar day, on average."""


def end_of(day: datetime.date) -> datetime.datetime:
    zone = timezone.get_default_timezone()
    return datetime.datetime.combine(day, datetime.time(23, 59, 59)).replace(tzinfo=zone)


def give_moments(apps, schema_editor):
    issues = apps.get_model("customers", "Issue").objects
    for day in list(issues.filter(due_at=None).order_by().values_list("due_on", flat=True).distinct()):
        issues.filter(due_on=day, due_at=None).update(due_at=end_of(day))
    issues.filter(solved_at__isnull=False, stopped_at=None).update(stopped_at=F("solved_at"))
    steps = apps.get_model("customers", "IssueStep").objects.filter(what__in=("denied", "reopened")).order_by()
    times: dict[int, list[int]] = {}
    for issue, n in steps.values_list("issue_id").annotate(n=Count("pk")):
        times.setdefault(n, []).append(issue)
    for n, found in times.items():
        for at in range(0, len(found), 500):
            issues.filter(pk__in=found[at : at + 500]).update(reopened=n)


def give_rules(apps, schema_editor):
    """What the brand had said in days holds on in working hours."""
    times = apps.get_model("customers", "IssueTime").objects
    row = apps.get_model("customers", "IssueTerms").objects.filter(pk=1).first()
    for tier, days in (row.days if row is not None else {}).items():
        usual = USUAL["", tier]
        hours = max(usual.answer, (days[1] * HOURS_OF_A_DAY).quantize(Decimal("0.1")))
        times.get_or_create(category="", tier=tier, defaults={"answer_hours": usual.answer, "solve_hours": hours})
    ship(apps.get_model("customers", "IssueCause").objects, times)


class Migration(migrations.Migration):
    dependencies = [("customers", "0031_issue_rules")]

    operations = [
        migrations.RunPython(give_moments, migrations.RunPython.noop),
        migrations.RunPython(give_rules, migrations.RunPython.noop),
    ]
