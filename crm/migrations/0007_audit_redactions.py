from django.db import migrations, models

from crm.appendonly import AppendOnly


class Migration(migrations.Migration):
    """Columns that may be null and have no default: SQLite adds them without writing the table anew."""

    dependencies = [("crm", "0006_audit_seals")]

    operations = [
        migrations.AddField("auditentry", "salt", models.CharField(editable=False, max_length=32, null=True)),
        migrations.AddField("auditseal", "scheme", models.PositiveSmallIntegerField(editable=False, null=True)),
        migrations.AddField("auditseal", "restated", models.CharField(editable=False, max_length=64, null=True)),
        migrations.CreateModel(
            name="AuditRedaction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("entry_id", models.BigIntegerField()),
                ("batch", models.PositiveIntegerField()),
                ("before", models.CharField(max_length=64)),
                ("after", models.CharField(max_length=64)),
            ],
            options={
                "verbose_name": "redaction of the audit log",
                "verbose_name_plural": "redactions of the audit log",
                "indexes": [models.Index(fields=["batch"], name="audit_redaction_batch")],
                "constraints": [models.UniqueConstraint(fields=("entry_id", "batch"), name="audit_redaction_once")],
            },
        ),
        AppendOnly("crm_auditredaction"),
        migrations.AlterField(
            "export",
            "format",
            models.CharField(
                choices=[("csv", "CSV"), ("xlsx", "XLSX"), ("zip", "ZIP")], max_length=4, verbose_name="format"
            ),
        ),
    ]
