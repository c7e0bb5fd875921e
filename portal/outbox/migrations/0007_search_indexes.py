"""Indexes that serve the search in e-mails, of one partner and of all (CHAN-40)."""

from django.db import migrations

COLUMNS = ("subject", "to_address", "about_label")


class Migration(migrations.Migration):
    dependencies = [("outbox", "0006_more_reasons")]
    operations = [
        migrations.RunSQL(
            f"CREATE INDEX email_{column}_trgm ON outbox_outboundemail "
            f"USING gin (upper({column}::text) extensions.gin_trgm_ops)",
            f"DROP INDEX email_{column}_trgm",
        )
        for column in COLUMNS
    ]
