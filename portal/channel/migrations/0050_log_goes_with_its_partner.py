"""The log of staff's accesses is append-only until its partner is erased (CHAN-25)."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION public.kontor_append_only_until_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('kontor.erasing', true) = OLD.partner_id::text THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
DROP TRIGGER staffaccess_append_only ON channel_staffaccess;
CREATE TRIGGER staffaccess_append_only BEFORE UPDATE OR DELETE ON channel_staffaccess
    FOR EACH ROW EXECUTE FUNCTION public.kontor_append_only_until_erased();
"""
BACKWARD = """
DROP TRIGGER staffaccess_append_only ON channel_staffaccess;
CREATE TRIGGER staffaccess_append_only BEFORE UPDATE OR DELETE ON channel_staffaccess
    FOR EACH ROW EXECUTE FUNCTION public.kontor_append_only();
DROP FUNCTION public.kontor_append_only_until_erased();
"""


class Migration(migrations.Migration):
    dependencies = [("channel", "0042_reasons")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
