"""Services know the line that made them, orders their quote and lines their term (ORD-56, ORD-63)."""

import django.db.models.deletion
from django.db import migrations, models

# A service from before is tied to its line where there is exactly one that can have made it.
MADE_BY = """
UPDATE orders_service AS service SET made_by_id = found.line_id
FROM (
    SELECT service.id AS service_id, min(line.id::text)::uuid AS line_id
    FROM orders_service AS service
    JOIN orders_orderline AS line
      ON line.customer_id = service.customer_id
     AND line.product_id = service.product_id
     AND line.delivered_on = service.started_on
     AND line.identifiers = service.identifiers
    JOIN orders_order AS placed ON placed.id = line.order_id AND placed.kind = 'new'
    WHERE service.made_by_id IS NULL AND line.state = 'delivered'
    GROUP BY service.id
    HAVING count(*) = 1
) AS found
WHERE service.id = found.service_id;
"""
OWNERSHIP = """
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE orders_orderline ADD CONSTRAINT line_with_customer UNIQUE (id, customer_id);
ALTER TABLE orders_service ADD CONSTRAINT service_line_same_customer
    FOREIGN KEY (made_by_id, customer_id) REFERENCES orders_orderline (id, customer_id);
"""
OWNERSHIP_BACK = """
ALTER TABLE orders_service DROP CONSTRAINT service_line_same_customer;
ALTER TABLE orders_orderline DROP CONSTRAINT line_with_customer;
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0022_messages_of_customer")]

    operations = [
        migrations.AddField(
            model_name="order",
            name="quote_number",
            field=models.CharField(blank=True, max_length=20, verbose_name="quote"),
        ),
        migrations.AddField(
            model_name="orderline",
            name="term_months",
            field=models.PositiveSmallIntegerField(default=0, editable=False, verbose_name="term"),
        ),
        migrations.AddField(
            model_name="service",
            name="made_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="made",
                to="orders.orderline",
            ),
        ),
        migrations.AddField(
            model_name="service",
            name="term_ends_on",
            field=models.DateField(blank=True, null=True, verbose_name="end of the term"),
        ),
        migrations.AddField(
            model_name="service",
            name="term_months",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="term"),
        ),
        migrations.RunSQL(MADE_BY, migrations.RunSQL.noop),
        migrations.RunSQL(OWNERSHIP, OWNERSHIP_BACK),
    ]
