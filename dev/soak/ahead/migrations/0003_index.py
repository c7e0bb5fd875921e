"""Adds an index and a check over what the first one filled."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("ahead", "0002_table")]
    operations = [
        migrations.RunSQL(
            "CREATE INDEX ahead_note_of_customer ON customers_customer (ahead_note)",
            "DROP INDEX ahead_note_of_customer",
        ),
        migrations.RunSQL(
            "ALTER TABLE ahead_thing ADD CONSTRAINT ahead_note_said CHECK (note <> '')",
            "ALTER TABLE ahead_thing DROP CONSTRAINT ahead_note_said",
        ),
    ]
