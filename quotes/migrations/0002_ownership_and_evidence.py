"""The database itself refuses a line, contact or order of another customer, a change of customer,
any change of evidence, and any change of an accepted confirmation (SAFE-02, SAFE-10)."""

from django.db import migrations

SEQUENCE = "CREATE SEQUENCE quotes_number"
SEQUENCE_BACK = "DROP SEQUENCE quotes_number"

OWNERSHIP = """
ALTER TABLE quotes_quote ADD CONSTRAINT quote_of_customer UNIQUE (id, customer_id);
ALTER TABLE quotes_quoteline ADD CONSTRAINT quoteline_quote_same_customer
    FOREIGN KEY (quote_id, customer_id) REFERENCES quotes_quote (id, customer_id);
ALTER TABLE quotes_quoteorder ADD CONSTRAINT quoteorder_quote_same_customer
    FOREIGN KEY (quote_id, customer_id) REFERENCES quotes_quote (id, customer_id);
ALTER TABLE quotes_confirmation ADD CONSTRAINT confirmation_quote_same_customer
    FOREIGN KEY (quote_id, customer_id) REFERENCES quotes_quote (id, customer_id);
ALTER TABLE quotes_confirmation ADD CONSTRAINT confirmation_contact_same_customer
    FOREIGN KEY (contact_id, customer_id) REFERENCES customers_contact (id, customer_id);
ALTER TABLE quotes_confirmation ADD CONSTRAINT confirmation_accepter_same_customer
    FOREIGN KEY (accepted_by_id, customer_id) REFERENCES customers_contact (id, customer_id);
"""
OWNERSHIP_BACK = """
ALTER TABLE quotes_confirmation DROP CONSTRAINT confirmation_accepter_same_customer;
ALTER TABLE quotes_confirmation DROP CONSTRAINT confirmation_contact_same_customer;
ALTER TABLE quotes_confirmation DROP CONSTRAINT confirmation_quote_same_customer;
ALTER TABLE quotes_quoteorder DROP CONSTRAINT quoteorder_quote_same_customer;
ALTER TABLE quotes_quoteline DROP CONSTRAINT quoteline_quote_same_customer;
ALTER TABLE quotes_quote DROP CONSTRAINT quote_of_customer;
"""

KEEP = """
CREATE TRIGGER quote_keeps_customer BEFORE UPDATE ON quotes_quote
    FOR EACH ROW EXECUTE FUNCTION public.kontor_keep_customer();
CREATE TRIGGER confirmation_keeps_customer BEFORE UPDATE ON quotes_confirmation
    FOR EACH ROW EXECUTE FUNCTION public.kontor_keep_customer();
CREATE TRIGGER confirmation_accepted_stays BEFORE UPDATE OR DELETE ON quotes_confirmation
    FOR EACH ROW WHEN (OLD.state = 'accepted')
    EXECUTE FUNCTION public.kontor_append_only();
CREATE TRIGGER evidence_append_only BEFORE UPDATE OR DELETE ON quotes_evidence
    FOR EACH ROW EXECUTE FUNCTION public.kontor_append_only();
CREATE TRIGGER evidence_no_truncate BEFORE TRUNCATE ON quotes_evidence
    FOR EACH STATEMENT EXECUTE FUNCTION public.kontor_append_only();
"""
KEEP_BACK = """
DROP TRIGGER evidence_no_truncate ON quotes_evidence;
DROP TRIGGER evidence_append_only ON quotes_evidence;
DROP TRIGGER confirmation_accepted_stays ON quotes_confirmation;
DROP TRIGGER confirmation_keeps_customer ON quotes_confirmation;
DROP TRIGGER quote_keeps_customer ON quotes_quote;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("quotes", "0001_initial"),
        ("orders", "0002_ownership"),
        ("customers", "0002_search_and_ownership"),
        ("tenancy", "0002_refuse_change_of_customer"),
    ]
    operations = [
        migrations.RunSQL(SEQUENCE, SEQUENCE_BACK),
        migrations.RunSQL(OWNERSHIP, OWNERSHIP_BACK),
        migrations.RunSQL(KEEP, KEEP_BACK),
    ]
