"""The key that channel sales' search over all partners' customers compares with (REG-36)."""

from typing import Any

from django.db import migrations

import portal.core.finding
from portal.core.finding import find_key, refill

INDEX = """
CREATE INDEX directory_find_trgm ON channel_directoryentry
    USING gin (find_key extensions.gin_trgm_ops);
"""
INDEX_BACK = "DROP INDEX directory_find_trgm"


def fill(apps: Any, schema_editor: Any) -> None:
    model = apps.get_model("channel", "DirectoryEntry")
    refill(model, lambda row: find_key(row.name), schema_editor)


class Migration(migrations.Migration):
    dependencies = [("channel", "0002_append_only")]
    operations = [
        migrations.AddField("directoryentry", "find_key", portal.core.finding.FindKeyField()),
        migrations.RunSQL(INDEX, INDEX_BACK),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
