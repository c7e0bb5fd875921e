"""The index of the list by credit in use (SPEED-07)."""

from django.db import migrations

INDEX = """
CREATE INDEX customer_by_credit ON customers_customer (credit_committed, sort_key COLLATE "C", id)
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0033_columns_of_lists")]
    operations = [migrations.RunSQL(INDEX, "DROP INDEX customer_by_credit")]
