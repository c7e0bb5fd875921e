import uuid

import django.db.models.deletion
import django.db.models.manager
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("channel", "0008_announcements"),
        ("tenancy", "0006_vat_number"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BulkAct",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("accept", "Accept"),
                            ("provision", "Start provisioning"),
                            ("return", "Return for changes"),
                            ("reject", "Reject"),
                        ],
                        max_length=10,
                        verbose_name="act",
                    ),
                ),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("de", "German"), ("sv", "Swedish")],
                        max_length=5,
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="started")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bulk_acts",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="started by",
                    ),
                ),
            ],
            options={
                "verbose_name": "act on several orders",
                "verbose_name_plural": "acts on several orders",
            },
        ),
        migrations.CreateModel(
            name="BulkActItem",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("position", models.PositiveIntegerField()),
                ("order_id", models.UUIDField()),
                ("number", models.CharField(max_length=20, verbose_name="order")),
                ("customer", models.CharField(max_length=250, verbose_name="customer")),
                ("version", models.PositiveIntegerField()),
                ("seen", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("done", "Done"),
                            ("refused", "Refused"),
                            ("failed", "Failed"),
                        ],
                        default="waiting",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("result", models.TextField(blank=True, verbose_name="result")),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("moved_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True, verbose_name="finished")),
                (
                    "act",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="channel.bulkact",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bulk_act_items",
                        to="tenancy.partner",
                    ),
                ),
            ],
            options={
                "verbose_name": "order of an act on several",
                "verbose_name_plural": "orders of acts on several",
                "default_manager_name": "unscoped",
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.AddIndex(
            model_name="bulkact",
            index=models.Index(fields=["-created_at"], name="bulk_act_by_date"),
        ),
        migrations.AddIndex(
            model_name="bulkactitem",
            index=models.Index(fields=["act", "position"], name="bulk_item_of_act"),
        ),
        migrations.AddIndex(
            model_name="bulkactitem",
            index=models.Index(
                condition=models.Q(("state", "waiting")),
                fields=["moved_at"],
                name="bulk_item_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkactitem",
            constraint=models.UniqueConstraint(fields=("act", "order_id"), name="bulk_order_once"),
        ),
        migrations.AddConstraint(
            model_name="bulkactitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("finished_at", None), ("state", "waiting")),
                    models.Q(
                        models.Q(("state", "waiting"), _negated=True),
                        ("finished_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="bulk_item_finished_when",
            ),
        ),
    ]
