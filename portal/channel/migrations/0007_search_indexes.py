"""Indexes that serve the search in channel sales' list of orders (CHAN-40)."""

from django.db import migrations

INDEXES = """
CREATE INDEX submitted_number_trgm ON channel_submittedorder
    USING gin (upper(number::text) extensions.gin_trgm_ops);
CREATE INDEX submitted_customer_number ON channel_submittedorder
    (customer_number varchar_pattern_ops);
CREATE INDEX submitted_customer ON channel_submittedorder (customer_id);
"""
INDEXES_BACK = """
DROP INDEX submitted_number_trgm, submitted_customer_number, submitted_customer;
"""


class Migration(migrations.Migration):
    dependencies = [("channel", "0006_name_questions")]
    operations = [migrations.RunSQL(INDEXES, INDEXES_BACK)]
