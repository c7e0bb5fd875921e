"""The key that searches for orders compare with (REG-36)."""

from typing import Any

from django.db import migrations

import portal.core.finding
from portal.core.finding import find_key, refill

INDEX = """
CREATE INDEX order_find_trgm ON orders_order USING gin (find_key extensions.gin_trgm_ops);
"""
INDEX_BACK = "DROP INDEX order_find_trgm"


def fill(apps: Any, schema_editor: Any) -> None:
    model = apps.get_model("orders", "Order")
    refill(model, lambda row: find_key(row.number, row.reference, row.po_number), schema_editor)


class Migration(migrations.Migration):
    dependencies = [("orders", "0010_assignees")]
    operations = [
        migrations.AddField("order", "find_key", portal.core.finding.FindKeyField()),
        migrations.RunSQL(INDEX, INDEX_BACK),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
