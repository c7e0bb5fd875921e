"""Numbers sort as people count, along an index (REG-13); made in Python, as the other keys are."""

from typing import Any

from django.db import migrations, models

from portal.core.sorting import number_sort_key

BATCH = 5_000
FILL = """
UPDATE customers_customer c SET number_sort = k.key
  FROM unnest(%s::uuid[], %s::text[]) AS k (id, key) WHERE c.id = k.id
"""
INDEX = 'CREATE INDEX customer_number_sort ON customers_customer (number_sort COLLATE "C", id)'


def fill(apps: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT id, number FROM customers_customer")
        rows = cursor.fetchall()
        for start in range(0, len(rows), BATCH):
            ids, numbers = zip(*rows[start : start + BATCH], strict=True)
            cursor.execute(FILL, [list(ids), [number_sort_key(number) for number in numbers]])


class Migration(migrations.Migration):
    dependencies = [("customers", "0023_find_key")]
    operations = [
        migrations.AddField(
            model_name="customer",
            name="number_sort",
            field=models.CharField(db_default="", default="", editable=False, max_length=200),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunSQL(INDEX, "DROP INDEX customer_number_sort"),
    ]
