"""Adds a table with a key to the register."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("ahead", "0001_columns")]
    operations = [
        migrations.RunSQL(
            """
            CREATE TABLE ahead_thing (
                id uuid PRIMARY KEY,
                partner_id uuid NOT NULL,
                customer_id uuid NOT NULL REFERENCES customers_customer (id)
                    DEFERRABLE INITIALLY DEFERRED,
                note varchar(40) NOT NULL
            )
            """,
            "DROP TABLE ahead_thing",
        )
    ]
