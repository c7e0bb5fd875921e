"""The price-free text of a confirmation as a PDF, to read before it is answered (CON-54)."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

import portal.tenancy.guard


class Migration(migrations.Migration):
    dependencies = [("quotes", "0011_who_declined")]
    operations = [
        migrations.CreateModel(
            name="ConfirmationPaper",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner_id",
                    models.UUIDField(
                        default=portal.tenancy.guard.current_partner_id, editable=False
                    ),
                ),
                ("content", models.BinaryField()),
                ("made_at", models.DateTimeField(verbose_name="made")),
                (
                    "confirmation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="paper",
                        to="quotes.confirmation",
                    ),
                ),
            ],
            options={
                "verbose_name": "text of a confirmation",
                "verbose_name_plural": "texts of confirmations",
            },
        ),
    ]
