"""A support role and its contact are of one customer (SAFE-02)."""

from django.db import migrations

OWNERSHIP = """
ALTER TABLE customers_supportcontact ADD CONSTRAINT supportcontact_same_customer
    FOREIGN KEY (contact_id, customer_id) REFERENCES customers_contact (id, customer_id);
"""
OWNERSHIP_BACK = """
ALTER TABLE customers_supportcontact DROP CONSTRAINT supportcontact_same_customer;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0040_support_contacts"),
        ("customers", "0002_search_and_ownership"),
    ]
    operations = [migrations.RunSQL(OWNERSHIP, OWNERSHIP_BACK)]
