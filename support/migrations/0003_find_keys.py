"""The indexes that searches for reports use (REG-36)."""

from django.db import migrations

INDEX = """
CREATE INDEX report_find_trgm ON support_problemreport
    USING gin (find_key extensions.gin_trgm_ops);
CREATE INDEX servicereport_find_trgm ON support_servicereport
    USING gin (find_key extensions.gin_trgm_ops);
"""
INDEX_BACK = """
DROP INDEX servicereport_find_trgm;
DROP INDEX report_find_trgm;
"""


class Migration(migrations.Migration):
    dependencies = [("support", "0002_ownership")]
    operations = [migrations.RunSQL(INDEX, INDEX_BACK)]
