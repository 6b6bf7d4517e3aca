"""What was shown as not answered only is not shown as late yet; rejected issues stand since they were rejected."""

from django.db import migrations
from django.db.models import F, OuterRef, Subquery


def _last(apps, kinds, what):
    steps = apps.get_model("customers", "IssueStep").objects.filter(issue=OuterRef("pk"), what__in=kinds)
    return Subquery(steps.order_by("-pk").values(what)[:1])


def part_unheard(apps, schema_editor):
    shown = apps.get_model("customers", "Issue").objects.filter(escalated_at__isnull=False)
    shown = shown.annotate(shown_as=_last(apps, ("escalated", "unheard"), "what")).filter(shown_as="unheard")
    shown.update(unheard_at=F("escalated_at"), escalated_at=None)


def stop_rejected(apps, schema_editor):
    """Those that were rejected before clocks could stand: opened again, the time since then counted against us."""
    issues = apps.get_model("customers", "Issue").objects
    issues.filter(state="rejected", stopped_at=None).update(stopped_at=_last(apps, ("rejected",), "at"))


class Migration(migrations.Migration):
    dependencies = [("customers", "0035_issue_unheard")]

    operations = [
        migrations.RunPython(part_unheard, migrations.RunPython.noop),
        migrations.RunPython(stop_rejected, migrations.RunPython.noop),
    ]
