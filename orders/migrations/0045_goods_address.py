"""Where the goods of an order are sent (ORD-66)."""

import django.db.models.deletion
from django.db import migrations, models

OWNERSHIP = """
ALTER TABLE orders_order ADD CONSTRAINT order_goods_site_same_customer
    FOREIGN KEY (goods_site_id, customer_id) REFERENCES customers_site (id, customer_id);
"""
OWNERSHIP_BACK = "ALTER TABLE orders_order DROP CONSTRAINT order_goods_site_same_customer;"


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0061_import_reading"),
        ("orders", "0032_delivery_of_lines"),
    ]

    operations = [
        migrations.AddField(
            model_name="order",
            name="goods_to",
            field=models.CharField(
                blank=True,
                choices=[
                    ("customer", "Postal address"),
                    ("site", "Site"),
                    ("other", "Another address"),
                ],
                db_default="",
                default="",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="goods_site",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="customers.site",
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="goods_address",
            field=models.JSONField(blank=True, db_default={}, default=dict),
        ),
        migrations.RunSQL(OWNERSHIP, OWNERSHIP_BACK),
    ]
