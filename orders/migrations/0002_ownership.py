"""The database itself refuses an order whose contact, site, line or service belongs to another
customer, and an order that changes its customer (SAFE-02, D2)."""

from django.db import migrations

SEQUENCE = "CREATE SEQUENCE orders_number"
SEQUENCE_BACK = "DROP SEQUENCE orders_number"

OWNERSHIP = """
ALTER TABLE orders_order ADD CONSTRAINT order_of_customer UNIQUE (id, customer_id);
ALTER TABLE orders_service ADD CONSTRAINT service_of_customer UNIQUE (id, customer_id);
ALTER TABLE orders_order ADD CONSTRAINT order_contact_same_customer
    FOREIGN KEY (contact_id, customer_id) REFERENCES customers_contact (id, customer_id);
ALTER TABLE orders_order ADD CONSTRAINT order_site_same_customer
    FOREIGN KEY (site_id, customer_id) REFERENCES customers_site (id, customer_id);
ALTER TABLE orders_orderline ADD CONSTRAINT line_order_same_customer
    FOREIGN KEY (order_id, customer_id) REFERENCES orders_order (id, customer_id);
ALTER TABLE orders_orderline ADD CONSTRAINT line_service_same_customer
    FOREIGN KEY (service_id, customer_id) REFERENCES orders_service (id, customer_id);
"""
OWNERSHIP_BACK = """
ALTER TABLE orders_orderline DROP CONSTRAINT line_service_same_customer;
ALTER TABLE orders_orderline DROP CONSTRAINT line_order_same_customer;
ALTER TABLE orders_order DROP CONSTRAINT order_site_same_customer;
ALTER TABLE orders_order DROP CONSTRAINT order_contact_same_customer;
ALTER TABLE orders_service DROP CONSTRAINT service_of_customer;
ALTER TABLE orders_order DROP CONSTRAINT order_of_customer;
"""

KEEP = """
CREATE TRIGGER order_keeps_customer BEFORE UPDATE ON orders_order
    FOR EACH ROW EXECUTE FUNCTION public.kontor_keep_customer();
CREATE TRIGGER service_keeps_customer BEFORE UPDATE ON orders_service
    FOR EACH ROW EXECUTE FUNCTION public.kontor_keep_customer();
"""
KEEP_BACK = """
DROP TRIGGER order_keeps_customer ON orders_order;
DROP TRIGGER service_keeps_customer ON orders_service;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0001_initial"),
        ("customers", "0002_search_and_ownership"),
        ("tenancy", "0002_refuse_change_of_customer"),
    ]
    operations = [
        migrations.RunSQL(SEQUENCE, SEQUENCE_BACK),
        migrations.RunSQL(OWNERSHIP, OWNERSHIP_BACK),
        migrations.RunSQL(KEEP, KEEP_BACK),
    ]
