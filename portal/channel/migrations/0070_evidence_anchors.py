"""The heads of the chains of evidence, append-only, and faults of them as a notice (CON-49)."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models

import portal.channel.notices

KINDS = [
    ("order", "New orders"),
    ("cancel", "Requests to cancel an order"),
    ("registration", "Registrations of customers"),
    ("report", "Escalated problem reports"),
    ("name", "Questions about a customer's name"),
    ("evidence", "Evidence that does not match"),
]

GUARD = """
CREATE TRIGGER evidenceanchor_append_only BEFORE UPDATE OR DELETE ON channel_evidenceanchor
    FOR EACH ROW EXECUTE FUNCTION public.kontor_append_only_until_erased();
CREATE TRIGGER evidenceanchor_no_truncate BEFORE TRUNCATE ON channel_evidenceanchor
    FOR EACH STATEMENT EXECUTE FUNCTION public.kontor_append_only();
"""
GUARD_BACK = """
DROP TRIGGER evidenceanchor_no_truncate ON channel_evidenceanchor;
DROP TRIGGER evidenceanchor_append_only ON channel_evidenceanchor;
"""
# Who chose what to be told of is told of this too, until they choose otherwise.
TOLD = """
UPDATE channel_staffsubscription SET kinds = array_append(kinds, 'evidence')
    WHERE NOT 'evidence' = ANY (kinds)
"""
TOLD_BACK = "UPDATE channel_staffsubscription SET kinds = array_remove(kinds, 'evidence')"


class Migration(migrations.Migration):
    dependencies = [
        ("channel", "0050_log_goes_with_its_partner"),
        ("tenancy", "0025_mail_footer"),
    ]
    operations = [
        migrations.CreateModel(
            name="EvidenceAnchor",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("serial", models.PositiveBigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence_anchors",
                        to="tenancy.partner",
                    ),
                ),
            ],
            options={
                "default_manager_name": "unscoped",
                "indexes": [
                    models.Index(fields=["partner", "serial"], name="evidence_anchor_serial")
                ],
            },
            managers=[("unscoped", django.db.models.manager.Manager())],
        ),
        migrations.RunSQL(GUARD, GUARD_BACK),
        migrations.AlterField(
            model_name="staffnotice",
            name="kind",
            field=models.CharField(choices=KINDS, max_length=20, verbose_name="kind"),
        ),
        migrations.AlterField(
            model_name="staffsubscription",
            name="kinds",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(choices=KINDS, max_length=20),
                blank=True,
                default=portal.channel.notices.every_kind,
                size=None,
            ),
        ),
        migrations.RunSQL(TOLD, TOLD_BACK),
    ]
