"""What a finished service report says stays: the row, its parts and its pictures (SUP-06)."""

from django.db import migrations

# In the public schema, as the other functions of triggers; the trigger's own schema is read.
FUNCTION = """
CREATE OR REPLACE FUNCTION public.kontor_finished_work_stays() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    found text;
    subject uuid;
    changed jsonb;
BEGIN
    FOREACH changed IN ARRAY ARRAY[to_jsonb(OLD), to_jsonb(NEW)] LOOP
        CONTINUE WHEN changed IS NULL;
        IF TG_TABLE_NAME = 'files_attachment' THEN
            CONTINUE WHEN changed ->> 'about_model' <> 'support.servicereport';
            subject := (changed ->> 'about_id')::uuid;
        ELSIF TG_TABLE_NAME = 'files_attachmentcontent' THEN
            EXECUTE format(
                'SELECT about_id FROM %I.files_attachment WHERE id = $1 AND about_model = $2',
                TG_TABLE_SCHEMA
            ) INTO subject USING (changed ->> 'attachment_id')::uuid, 'support.servicereport';
            CONTINUE WHEN subject IS NULL;
        ELSE
            subject := (changed ->> 'service_report_id')::uuid;
        END IF;
        EXECUTE format('SELECT state FROM %I.support_servicereport WHERE id = $1', TG_TABLE_SCHEMA)
            INTO found USING subject;
        IF found IN ('signed', 'unsigned') THEN
            RAISE EXCEPTION 'what a finished service report says can not be changed'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END LOOP;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END
$$;
"""
TRIGGERS = """
CREATE TRIGGER servicereport_unsigned_stays BEFORE UPDATE OR DELETE ON support_servicereport
    FOR EACH ROW WHEN (OLD.state = 'unsigned')
    EXECUTE FUNCTION public.kontor_append_only();
CREATE TRIGGER servicepart_finished_stays
    BEFORE INSERT OR UPDATE OR DELETE ON support_servicepart
    FOR EACH ROW EXECUTE FUNCTION public.kontor_finished_work_stays();
CREATE TRIGGER picture_of_finished_work_stays
    BEFORE INSERT OR UPDATE OR DELETE ON files_attachment
    FOR EACH ROW EXECUTE FUNCTION public.kontor_finished_work_stays();
CREATE TRIGGER picture_content_of_finished_work_stays
    BEFORE UPDATE OR DELETE ON files_attachmentcontent
    FOR EACH ROW EXECUTE FUNCTION public.kontor_finished_work_stays();
"""
TRIGGERS_BACK = """
DROP TRIGGER picture_content_of_finished_work_stays ON files_attachmentcontent;
DROP TRIGGER picture_of_finished_work_stays ON files_attachment;
DROP TRIGGER servicepart_finished_stays ON support_servicepart;
DROP TRIGGER servicereport_unsigned_stays ON support_servicereport;
"""


class Migration(migrations.Migration):
    dependencies = [("support", "0003_find_keys"), ("files", "0003_from_mail")]
    operations = [
        # Other partners' triggers use the function, so that it stays when one goes back.
        migrations.RunSQL(FUNCTION, migrations.RunSQL.noop),
        migrations.RunSQL(TRIGGERS, TRIGGERS_BACK),
    ]
