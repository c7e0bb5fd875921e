"""A trigger function that refuses to change the lines of a locked quote (CON-49)."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION public.kontor_keep_locked_lines() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    quote uuid;
    found text;
BEGIN
    FOREACH quote IN ARRAY CASE TG_OP
        WHEN 'INSERT' THEN ARRAY[NEW.quote_id]
        WHEN 'DELETE' THEN ARRAY[OLD.quote_id]
        ELSE ARRAY[OLD.quote_id, NEW.quote_id] END
    LOOP
        EXECUTE format('SELECT state FROM %I.quotes_quote WHERE id = $1', TG_TABLE_SCHEMA)
            INTO found USING quote;
        IF found IN ('confirmed', 'progressed', 'superseded') THEN
            RAISE EXCEPTION 'the lines of a quote that is % never change', found
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END LOOP;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
"""
BACKWARD = "DROP FUNCTION public.kontor_keep_locked_lines();"


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0025_mail_footer")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
