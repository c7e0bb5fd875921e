"""The change log is append-only (REG-15)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("history", "0001_initial"),
        ("tenancy", "0002_refuse_change_of_customer"),
    ]
    operations = [
        migrations.RunSQL(
            "CREATE TRIGGER entry_append_only BEFORE UPDATE OR DELETE ON history_entry "
            "FOR EACH ROW EXECUTE FUNCTION public.kontor_append_only()",
            "DROP TRIGGER entry_append_only ON history_entry",
        ),
        migrations.RunSQL(
            "CREATE INDEX entry_of_object ON history_entry (object_pk, timestamp DESC);"
            "CREATE INDEX entry_of_customer ON history_entry (customer_id, timestamp DESC)",
            "DROP INDEX entry_of_object, entry_of_customer",
        ),
    ]
