"""The chain's entries are anchored outside the schema; locked lines never change (CON-49)."""

from django.db import migrations

ANCHOR = """
INSERT INTO public.channel_evidenceanchor (id, partner_id, serial, sha256, at)
    SELECT gen_random_uuid(), partner_id, serial, sha256, created_at FROM quotes_evidence
"""
LOCK = """
CREATE TRIGGER quoteline_locked BEFORE INSERT OR UPDATE OR DELETE ON quotes_quoteline
    FOR EACH ROW EXECUTE FUNCTION public.kontor_keep_locked_lines();
"""
LOCK_BACK = "DROP TRIGGER quoteline_locked ON quotes_quoteline;"


class Migration(migrations.Migration):
    dependencies = [
        ("quotes", "0020_orders_know_their_quote"),
        ("channel", "0070_evidence_anchors"),
        ("tenancy", "0070_locked_lines"),
    ]
    operations = [
        # The anchors are append-only: going back leaves them.
        migrations.RunSQL(ANCHOR, migrations.RunSQL.noop),
        migrations.RunSQL(LOCK, LOCK_BACK),
    ]
