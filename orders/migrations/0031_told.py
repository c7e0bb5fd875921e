from django.db import migrations, models

# Who was told of an order that was placed before; what they were told is not known.
TOLD = """
UPDATE orders_order placed SET told = (
    SELECT jsonb_object_agg(receiver.id::text, '') FROM (
        SELECT placed.contact_id AS id
        UNION SELECT contact_id FROM orders_ordercopy WHERE order_id = placed.id
    ) receiver)
 WHERE submitted_at IS NOT NULL AND contact_id IS NOT NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0030_quantity_before")]
    operations = [
        migrations.AddField(
            model_name="order",
            name="told",
            field=models.JSONField(blank=True, default=dict, editable=False),
        ),
        migrations.RunSQL(TOLD, migrations.RunSQL.noop),
    ]
