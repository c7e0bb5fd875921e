"""Indexes that the type-ahead uses, and the keys that composite foreign keys point at."""

from django.db import migrations

SEARCH = """
CREATE INDEX customer_name_trgm ON customers_customer USING gin (name_key extensions.gin_trgm_ops);
CREATE INDEX customer_name_c ON customers_customer (name_key COLLATE "C");
CREATE INDEX customer_number_c ON customers_customer (number_key COLLATE "C");
CREATE INDEX customer_sort_c ON customers_customer (sort_key COLLATE "C", id);
"""
SEARCH_BACK = "DROP INDEX customer_name_trgm, customer_name_c, customer_number_c, customer_sort_c"

OWNERSHIP = """
ALTER TABLE customers_contact ADD CONSTRAINT contact_of_customer UNIQUE (id, customer_id);
ALTER TABLE customers_site ADD CONSTRAINT site_of_customer UNIQUE (id, customer_id);
"""
OWNERSHIP_BACK = """
ALTER TABLE customers_contact DROP CONSTRAINT contact_of_customer;
ALTER TABLE customers_site DROP CONSTRAINT site_of_customer;
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial")]
    operations = [
        migrations.RunSQL(SEARCH, SEARCH_BACK),
        migrations.RunSQL(OWNERSHIP, OWNERSHIP_BACK),
    ]
