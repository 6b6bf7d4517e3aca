from django.db import migrations, models

from crm.appendonly import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0005_postings_taken_back"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditSeal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(unique=True)),
                ("since", models.BigIntegerField()),
                ("upto", models.BigIntegerField()),
                ("gaps", models.JSONField(default=list)),
                ("late", models.JSONField(default=list)),
                ("entries", models.BigIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "seal of the audit log",
                "verbose_name_plural": "seals of the audit log",
                "ordering": ["-number"],
            },
        ),
        AppendOnly("crm_auditseal"),
    ]
