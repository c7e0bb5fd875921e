"""Several contacts of the customer are told of an order (ORD-62)."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

import portal.tenancy.guard

OWNERSHIP = """
ALTER TABLE orders_ordercopy ADD CONSTRAINT ordercopy_order_same_customer
    FOREIGN KEY (order_id, customer_id) REFERENCES orders_order (id, customer_id);
ALTER TABLE orders_ordercopy ADD CONSTRAINT ordercopy_contact_same_customer
    FOREIGN KEY (contact_id, customer_id) REFERENCES customers_contact (id, customer_id);
"""
OWNERSHIP_BACK = """
ALTER TABLE orders_ordercopy DROP CONSTRAINT ordercopy_order_same_customer;
ALTER TABLE orders_ordercopy DROP CONSTRAINT ordercopy_contact_same_customer;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0049_registrations_ownership"),
        ("orders", "0041_ported_blocks"),
    ]

    operations = [
        migrations.CreateModel(
            name="OrderCopy",
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
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="order_copies",
                        to="customers.contact",
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
                        related_name="copies",
                        to="orders.order",
                    ),
                ),
            ],
            options={
                "verbose_name": "copy of an order's confirmation",
                "verbose_name_plural": "copies of orders' confirmations",
                "constraints": [
                    models.UniqueConstraint(fields=("order", "contact"), name="order_copy_once")
                ],
            },
        ),
        migrations.RunSQL(OWNERSHIP, OWNERSHIP_BACK),
    ]
