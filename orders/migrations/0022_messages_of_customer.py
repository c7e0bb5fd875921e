"""The database itself keeps a message with its order's customer (SAFE-02)."""

from django.db import migrations

OWNERSHIP = """
ALTER TABLE orders_ordermessage ADD CONSTRAINT ordermessage_order_same_customer
    FOREIGN KEY (order_id, customer_id) REFERENCES orders_order (id, customer_id);
"""
OWNERSHIP_BACK = """
ALTER TABLE orders_ordermessage DROP CONSTRAINT ordermessage_order_same_customer;
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0021_messages")]
    operations = [migrations.RunSQL(OWNERSHIP, OWNERSHIP_BACK)]
