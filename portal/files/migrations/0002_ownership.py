"""A file never changes its customer, and what points at one can be held to the same customer
(SAFE-02)."""

from django.db import migrations

OWNERSHIP = """
ALTER TABLE files_attachment ADD CONSTRAINT attachment_of_customer UNIQUE (id, customer_id);
CREATE TRIGGER attachment_keeps_customer BEFORE UPDATE ON files_attachment
    FOR EACH ROW EXECUTE FUNCTION public.kontor_keep_customer();
"""
OWNERSHIP_BACK = """
DROP TRIGGER attachment_keeps_customer ON files_attachment;
ALTER TABLE files_attachment DROP CONSTRAINT attachment_of_customer;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("files", "0001_initial"),
        ("tenancy", "0002_refuse_change_of_customer"),
    ]
    operations = [migrations.RunSQL(OWNERSHIP, OWNERSHIP_BACK)]
