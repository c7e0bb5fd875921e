"""Adds columns and fills one, as a new field with a value does."""

from django.db import migrations

TABLES = ("customers_customer", "customers_contact", "orders_order", "history_entry")


class Migration(migrations.Migration):
    operations = [
        *(
            migrations.RunSQL(
                f"ALTER TABLE {table} ADD COLUMN ahead_note varchar(40)",
                f"ALTER TABLE {table} DROP COLUMN ahead_note",
            )
            for table in TABLES
        ),
        migrations.RunSQL(
            "UPDATE customers_customer SET ahead_note = left(name, 40)", migrations.RunSQL.noop
        ),
    ]
