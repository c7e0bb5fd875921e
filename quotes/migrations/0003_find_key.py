"""The key that searches for quotes compare with (REG-36)."""

from typing import Any

from django.db import migrations

import portal.core.finding
from portal.core.finding import find_key, refill

INDEX = """
CREATE INDEX quote_find_trgm ON quotes_quote USING gin (find_key extensions.gin_trgm_ops);
"""
INDEX_BACK = "DROP INDEX quote_find_trgm"


def fill(apps: Any, schema_editor: Any) -> None:
    model = apps.get_model("quotes", "Quote")
    refill(model, lambda row: find_key(row.number, row.title, row.po_number), schema_editor)


class Migration(migrations.Migration):
    dependencies = [("quotes", "0002_ownership_and_evidence")]
    operations = [
        migrations.AddField("quote", "find_key", portal.core.finding.FindKeyField()),
        migrations.RunSQL(INDEX, INDEX_BACK),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
