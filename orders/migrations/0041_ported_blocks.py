"""The blocks of numbers that orders port, kept with their customer by the database (ORD-58)."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

import portal.tenancy.guard

OWNERSHIP = """
ALTER TABLE orders_portedblock ADD CONSTRAINT portedblock_order_same_customer
    FOREIGN KEY (order_id, customer_id) REFERENCES orders_order (id, customer_id);
"""
OWNERSHIP_BACK = """
ALTER TABLE orders_portedblock DROP CONSTRAINT portedblock_order_same_customer;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0049_registrations_ownership"),
        ("orders", "0040_term_and_source"),
    ]

    operations = [
        migrations.CreateModel(
            name="PortedBlock",
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
                ("first", models.BigIntegerField()),
                ("last", models.BigIntegerField()),
                ("text", models.CharField(max_length=60, verbose_name="numbers")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Asked for"),
                            ("confirmed", "Confirmed"),
                            ("refused", "Refused"),
                            ("ported", "Ported"),
                        ],
                        default="asked",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("on", models.DateField(blank=True, null=True, verbose_name="date")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
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
                        related_name="ported_blocks",
                        to="orders.order",
                    ),
                ),
            ],
            options={
                "verbose_name": "block of numbers",
                "verbose_name_plural": "blocks of numbers",
                "indexes": [models.Index(fields=["last", "first"], name="ported_block_numbers")],
                "constraints": [
                    models.UniqueConstraint(fields=("order", "first"), name="ported_block_once"),
                    models.CheckConstraint(
                        condition=models.Q(("first__lte", models.F("last"))),
                        name="ported_block_order",
                    ),
                ],
            },
        ),
        migrations.RunSQL(OWNERSHIP, OWNERSHIP_BACK),
    ]
