"""Every issue has its moment; days by tier and severity are no more."""

from django.db import migrations, models

from customers.issues.found import ISSUES
from customers.profile.searchkeeping import KeepEntries


class Migration(migrations.Migration):
    dependencies = [("customers", "0032_issue_due_moments")]

    operations = [
        migrations.AlterField(
            model_name="issue",
            name="due_at",
            field=models.DateTimeField(editable=False, verbose_name="late from"),
        ),
        migrations.RemoveField(model_name="issueterms", name="days"),
        # SQLite rebuilt the table, and lost what keeps the search.
        KeepEntries(ISSUES),
    ]
