import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import customers.files.models


class Migration(migrations.Migration):
    dependencies = [("customers", "0011_receivables"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("photo", "photo"), ("document", "document")], max_length=8, verbose_name="kind"
                    ),
                ),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("shop_front", "shop front"),
                            ("shelf", "shelf and display"),
                            ("contract", "contract"),
                            ("licence", "licence"),
                            ("other", "other papers and pictures"),
                        ],
                        default="other",
                        max_length=10,
                        verbose_name="category",
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                ("name", models.CharField(max_length=200, verbose_name="file name")),
                ("content_type", models.CharField(max_length=100, verbose_name="content type")),
                ("size", models.PositiveBigIntegerField(verbose_name="size")),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256 as brought")),
                ("kept_sha256", models.CharField(max_length=64, verbose_name="SHA-256 as kept")),
                ("width", models.PositiveIntegerField(null=True, verbose_name="width")),
                ("height", models.PositiveIntegerField(null=True, verbose_name="height")),
                ("taken_on", models.DateField(null=True, verbose_name="taken on")),
                ("latitude", models.DecimalField(decimal_places=6, max_digits=9, null=True, verbose_name="latitude")),
                ("longitude", models.DecimalField(decimal_places=6, max_digits=9, null=True, verbose_name="longitude")),
                ("file", models.FileField(editable=False, upload_to=customers.files.models.storage_path)),
                (
                    "thumbnail",
                    models.FileField(blank=True, editable=False, upload_to=customers.files.models.storage_path),
                ),
                (
                    "scan",
                    models.CharField(
                        choices=[("clean", "found clean"), ("none", "not scanned")],
                        default="none",
                        max_length=5,
                        verbose_name="virus scan",
                    ),
                ),
                ("uploaded_at", models.DateTimeField(verbose_name="added at")),
                ("removed_at", models.DateTimeField(null=True, verbose_name="removed at")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="version")),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachments",
                        to="customers.customer",
                        verbose_name="customer",
                    ),
                ),
                (
                    "removed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="removed by",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="added by",
                    ),
                ),
            ],
            options={
                "verbose_name": "file of a customer",
                "verbose_name_plural": "files of customers",
                "ordering": ["-uploaded_at", "-pk"],
                "indexes": [
                    models.Index(fields=["customer", "-uploaded_at", "-id"], name="attachment_of_customer"),
                    models.Index(
                        condition=models.Q(("removed_at__isnull", False)),
                        fields=["removed_at"],
                        name="attachment_removed",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["photo", "document"])), name="attachment_kind_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("category__in", ["shop_front", "shelf", "contract", "licence", "other"])),
                        name="attachment_category_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("scan__in", ["clean", "none"])), name="attachment_scan_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("latitude__isnull", True), ("longitude__isnull", True)),
                            models.Q(("latitude__range", (-90, 90)), ("longitude__range", (-180, 180))),
                            _connector="OR",
                        ),
                        name="attachment_position_whole",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("removed_at__isnull", True)),
                        fields=("customer", "sha256"),
                        name="attachment_once_a_customer",
                    ),
                ],
            },
        ),
    ]
