"""The log of staff access is append-only."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("channel", "0001_initial"),
        ("tenancy", "0002_refuse_change_of_customer"),
    ]
    operations = [
        migrations.RunSQL(
            "CREATE TRIGGER staffaccess_append_only BEFORE UPDATE OR DELETE ON channel_staffaccess "
            "FOR EACH ROW EXECUTE FUNCTION public.kontor_append_only()",
            "DROP TRIGGER staffaccess_append_only ON channel_staffaccess",
        ),
        migrations.RunSQL(
            "CREATE INDEX directory_name_trgm ON channel_directoryentry "
            "USING gin (name_key extensions.gin_trgm_ops);"
            'CREATE INDEX directory_name_c ON channel_directoryentry (name_key COLLATE "C");'
            'CREATE INDEX directory_number_c ON channel_directoryentry (number COLLATE "C")',
            "DROP INDEX directory_name_trgm, directory_name_c, directory_number_c",
        ),
    ]
