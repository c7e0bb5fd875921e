"""Erasures of partners, which outlive them."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenancy", "0022_partner_export"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PartnerErasure",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("partner_id", models.UUIDField()),
                ("partner_name", models.CharField(max_length=200, verbose_name="partner")),
                ("slug", models.CharField(max_length=40, verbose_name="short name")),
                ("schema_name", models.CharField(max_length=63)),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                ("asked_at", models.DateTimeField(verbose_name="asked for")),
                ("due_at", models.DateTimeField(verbose_name="due")),
                ("cancelled_at", models.DateTimeField(null=True, verbose_name="cancelled")),
                ("begun_at", models.DateTimeField(null=True)),
                ("done_at", models.DateTimeField(null=True, verbose_name="done")),
                ("counts", models.JSONField(default=dict)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="erasures_asked_for",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who",
                    ),
                ),
            ],
            options={
                "verbose_name": "erasure of a partner",
                "verbose_name_plural": "erasures of partners",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("cancelled_at", None), ("done_at", None)),
                        fields=("partner_id",),
                        name="partner_erasure_once",
                    )
                ],
            },
        ),
    ]
