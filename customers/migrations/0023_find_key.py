"""The keys that searches compare with (REG-36), and what makes two names look alike (REG-38)."""

from typing import Any

from django.db import migrations, models

import portal.core.finding
from portal.core.finding import find_key, look_key, refill

INDEXES = """
CREATE INDEX customer_find_trgm ON customers_customer USING gin (find_key extensions.gin_trgm_ops);
CREATE INDEX customer_find_c ON customers_customer (find_key COLLATE "C");
CREATE INDEX customer_look ON customers_customer (look_key);
CREATE INDEX contact_find_trgm ON customers_contact USING gin (find_key extensions.gin_trgm_ops);
"""
INDEXES_BACK = """
DROP INDEX contact_find_trgm, customer_look, customer_find_c, customer_find_trgm;
"""
# Nothing searches in them any more.
REPLACED = "DROP INDEX customer_name_trgm, contact_search_trgm"
REPLACED_BACK = """
CREATE INDEX customer_name_trgm ON customers_customer USING gin (name_key extensions.gin_trgm_ops);
CREATE INDEX contact_search_trgm ON customers_contact
    USING gin (search_text extensions.gin_trgm_ops);
"""


def fill(apps: Any, schema_editor: Any) -> None:
    customer = apps.get_model("customers", "Customer")
    contact = apps.get_model("customers", "Contact")
    refill(customer, lambda row: find_key(row.name), schema_editor)
    refill(customer, lambda row: look_key(row.name), schema_editor, column="look_key")
    refill(
        contact,
        lambda row: find_key(f"{row.first_name} {row.last_name}", row.email, phone=row.phone),
        schema_editor,
    )


class Migration(migrations.Migration):
    dependencies = [("customers", "0022_personal_number_encrypted")]
    operations = [
        migrations.AddField("customer", "find_key", portal.core.finding.FindKeyField()),
        migrations.AddField(
            "customer",
            "look_key",
            models.CharField(db_default="", default="", editable=False, max_length=300),
        ),
        migrations.AddField("contact", "find_key", portal.core.finding.FindKeyField()),
        migrations.RunSQL(INDEXES, INDEXES_BACK),
        migrations.RunSQL(REPLACED, REPLACED_BACK),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
