"""Partners that are being made in the background."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenancy", "0020_lifecycle"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PartnerCreation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("making", "Being made"),
                            ("ready", "Ready"),
                            ("failed", "Failed"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("cause", models.TextField(blank=True, verbose_name="cause")),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("created_at", models.DateTimeField(verbose_name="asked for")),
                ("moved_at", models.DateTimeField(verbose_name="last step")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("slug", models.CharField(max_length=40, verbose_name="short name")),
                ("data", models.JSONField(default=dict)),
                ("cause_field", models.CharField(blank=True, max_length=40)),
                ("made_id", models.UUIDField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)ss",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who",
                    ),
                ),
            ],
            options={
                "verbose_name": "new partner",
                "verbose_name_plural": "new partners",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["waiting", "making"])),
                        fields=("slug",),
                        name="partner_creation_once",
                    )
                ],
            },
        ),
    ]
