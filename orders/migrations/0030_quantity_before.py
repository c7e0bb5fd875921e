from django.db import migrations, models

# What ran is known of lines that are not delivered yet, and of services that were ended as a whole.
KNOWN = """
UPDATE orders_orderline line SET quantity_before = service.quantity
  FROM orders_service service, orders_order placed
 WHERE service.id = line.service_id AND placed.id = line.order_id
   AND (line.delivered_on IS NULL OR placed.kind = 'terminate');
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0042_copies")]
    operations = [
        migrations.AddField(
            model_name="orderline",
            name="quantity_before",
            field=models.PositiveIntegerField(editable=False, null=True),
        ),
        migrations.RunSQL(KNOWN, migrations.RunSQL.noop),
    ]
