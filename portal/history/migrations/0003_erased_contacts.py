"""Whose data was erased is found without reading a customer's whole log (SPEED-07)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("history", "0002_append_only")]
    operations = [
        migrations.RunSQL(
            "CREATE INDEX entry_of_erased ON history_entry (customer_id, object_pk)"
            " WHERE verb = 'contact_erased'",
            "DROP INDEX entry_of_erased",
        ),
    ]
