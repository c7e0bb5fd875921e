"""What the list of customers searches in, kept by the database itself (REG-08).

Names have their key made in Python (portal.core.sorting). Contacts, e-mail addresses and custom fields
are written in many ways (forms, imports, erasing of a person): a generated column can't be
forgotten by any of them. Searches alone read it, so the models don't know it.
"""

from django.db import migrations


def folded(text: str) -> str:
    """As portal.core.sorting.search_key, as far as the database can."""
    return f"replace(lower(normalize({text}, NFKC)), 'ß', 'ss')"


# The texts among the values: '["Gold", "Unit 4"]' without the signs of JSON.
VALUES = (
    "replace(replace(jsonb_path_query_array(custom_values,"
    """ '$.* ? (@.type() == "string")')::text, '\\"', '"'), '\\\\', '\\')"""
)
OF_CUSTOMER = folded(r"billing_email || E'\n' || " + VALUES)
OF_CONTACT = folded(r"first_name || ' ' || last_name || E'\n' || email")
COLUMNS = f"""
ALTER TABLE customers_customer ADD COLUMN search_text text
    GENERATED ALWAYS AS ({OF_CUSTOMER}) STORED;
ALTER TABLE customers_contact ADD COLUMN search_text text
    GENERATED ALWAYS AS ({OF_CONTACT}) STORED;
CREATE INDEX customer_search_trgm ON customers_customer
    USING gin (search_text extensions.gin_trgm_ops);
CREATE INDEX contact_search_trgm ON customers_contact
    USING gin (search_text extensions.gin_trgm_ops);
CREATE INDEX domain_trgm ON customers_customerdomain USING gin (domain extensions.gin_trgm_ops);
CREATE INDEX customer_active ON customers_customer (id) WHERE is_active;
CREATE INDEX assignment_by_customer ON customers_assignment (customer_id, membership_id);
"""
COLUMNS_BACK = """
DROP INDEX assignment_by_customer, customer_active, domain_trgm;
DROP INDEX contact_search_trgm, customer_search_trgm;
ALTER TABLE customers_contact DROP COLUMN search_text;
ALTER TABLE customers_customer DROP COLUMN search_text;
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0003_custom_fields_and_lists")]
    operations = [migrations.RunSQL(COLUMNS, COLUMNS_BACK)]
