"""What channel sales did with a partner, append-only, and the tasks that wait meanwhile."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenancy", "0006_vat_number"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PartnerEvent",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("partner_id", models.UUIDField()),
                ("partner_name", models.CharField(max_length=200, verbose_name="partner")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("created", "Created"),
                            ("suspended", "Suspended"),
                            ("reopened", "Reopened"),
                            ("exported", "Export asked for"),
                            ("downloaded", "Export downloaded"),
                            ("erasure asked", "Erasure asked for"),
                            ("erasure cancelled", "Erasure cancelled"),
                            ("erased", "Erased"),
                        ],
                        max_length=20,
                        verbose_name="what",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
                ("at", models.DateTimeField(verbose_name="when")),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="partner_events",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who",
                    ),
                ),
            ],
            options={
                "verbose_name": "event of a partner",
                "verbose_name_plural": "events of partners",
                "indexes": [models.Index(fields=["partner_id", "-at"], name="partner_event_at")],
            },
        ),
        migrations.CreateModel(
            name="WaitingTask",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                ("arguments", models.JSONField()),
                ("created_at", models.DateTimeField()),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("taken_at", models.DateTimeField(null=True)),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="waiting_tasks",
                        to="tenancy.partner",
                    ),
                ),
            ],
            options={
                "default_manager_name": "unscoped",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("partner", "name", "arguments"), name="waiting_task_once"
                    )
                ],
            },
            managers=[("unscoped", models.Manager())],
        ),
        migrations.RunSQL(
            "CREATE TRIGGER partnerevent_append_only BEFORE UPDATE OR DELETE ON tenancy_partnerevent "
            "FOR EACH ROW EXECUTE FUNCTION public.kontor_append_only()",
            "DROP TRIGGER partnerevent_append_only ON tenancy_partnerevent",
        ),
    ]
