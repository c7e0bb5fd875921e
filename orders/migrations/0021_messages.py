import uuid

import django.db.models.deletion
from django.db import migrations, models

import portal.tenancy.guard


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0021_rights_with_onboarding"),
        ("customers", "0047_onboarded_index"),
        ("orders", "0020_cancel_asked_by"),
    ]

    operations = [
        migrations.CreateModel(
            name="OrderMessage",
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
                (
                    "side",
                    models.CharField(
                        choices=[("partner", "Partner"), ("vendor", "Channel Sales")], max_length=8
                    ),
                ),
                ("text", models.TextField(max_length=10000, verbose_name="text")),
                ("author_name", models.CharField(max_length=150)),
                ("created_at", models.DateTimeField(verbose_name="written")),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="orders.order",
                    ),
                ),
            ],
            options={
                "verbose_name": "message",
                "verbose_name_plural": "messages",
                "indexes": [models.Index(fields=["order", "created_at"], name="message_of_order")],
            },
        ),
    ]
