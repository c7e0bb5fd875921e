"""The indexes of the list by start and by monthly sum (SPEED-07).

An order may have no start; those come last in both directions, which takes an index for each.
"""

from django.db import migrations

INDEXES = """
CREATE INDEX order_by_start ON orders_order (start_date, id);
CREATE INDEX order_by_start_down ON orders_order (start_date DESC NULLS LAST, id DESC);
CREATE INDEX order_by_monthly ON orders_order (monthly, id);
"""
INDEXES_BACK = "DROP INDEX order_by_monthly, order_by_start_down, order_by_start"


class Migration(migrations.Migration):
    dependencies = [("orders", "0012_indexes_of_lists")]
    operations = [migrations.RunSQL(INDEXES, INDEXES_BACK)]
