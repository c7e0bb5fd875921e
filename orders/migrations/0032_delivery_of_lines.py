from django.db import migrations, models

# Lines of orders under way said "pending" until the order was completed.
UNDER_WAY = """
UPDATE orders_orderline line
   SET state = CASE placed.state WHEN 'accepted' THEN 'accepted' ELSE 'delivering' END
  FROM orders_order placed
 WHERE placed.id = line.order_id AND line.state = 'pending'
   AND placed.state IN ('accepted', 'provisioning');
"""
BACK = """
UPDATE orders_orderline SET state = 'pending' WHERE state IN ('accepted', 'delivering');
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0044_services_by_term")]
    operations = [
        migrations.AddField(
            model_name="order",
            name="expected_on",
            field=models.DateField(blank=True, null=True, verbose_name="expected"),
        ),
        migrations.AddField(
            model_name="orderline",
            name="tracking",
            field=models.CharField(blank=True, max_length=80, verbose_name="tracking number"),
        ),
        migrations.AlterField(
            model_name="orderline",
            name="state",
            field=models.CharField(
                choices=[
                    ("pending", "Pending"),
                    ("accepted", "Accepted"),
                    ("delivering", "Provisioning"),
                    ("delivered", "Delivered"),
                    ("failed", "Failed"),
                    ("cancelled", "Cancelled"),
                ],
                default="pending",
                max_length=10,
                verbose_name="state",
            ),
        ),
        migrations.RunSQL(UNDER_WAY, BACK),
    ]
