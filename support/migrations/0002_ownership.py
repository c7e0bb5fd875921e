"""The database itself refuses what is another customer's, and a change of customer (SAFE-02)."""

from django.db import migrations

SEQUENCES = """
CREATE SEQUENCE support_number;
CREATE SEQUENCE support_service_number;
"""
SEQUENCES_BACK = """
DROP SEQUENCE support_service_number;
DROP SEQUENCE support_number;
"""

OWNERSHIP = """
ALTER TABLE support_problemreport ADD CONSTRAINT report_of_customer UNIQUE (id, customer_id);
ALTER TABLE support_problemreport ADD CONSTRAINT report_site_same_customer
    FOREIGN KEY (site_id, customer_id) REFERENCES customers_site (id, customer_id);
ALTER TABLE support_problemreport ADD CONSTRAINT report_order_same_customer
    FOREIGN KEY (order_id, customer_id) REFERENCES orders_order (id, customer_id);
ALTER TABLE support_problemreport ADD CONSTRAINT report_service_same_customer
    FOREIGN KEY (service_id, customer_id) REFERENCES orders_service (id, customer_id);
ALTER TABLE support_problemreport ADD CONSTRAINT report_contact_same_customer
    FOREIGN KEY (contact_id, customer_id) REFERENCES customers_contact (id, customer_id);
ALTER TABLE support_problemreport ADD CONSTRAINT report_merged_same_customer
    FOREIGN KEY (merged_into_id, customer_id) REFERENCES support_problemreport (id, customer_id);
ALTER TABLE support_comment ADD CONSTRAINT comment_report_same_customer
    FOREIGN KEY (report_id, customer_id) REFERENCES support_problemreport (id, customer_id);
ALTER TABLE support_reportrecipient ADD CONSTRAINT recipient_report_same_customer
    FOREIGN KEY (report_id, customer_id) REFERENCES support_problemreport (id, customer_id);
ALTER TABLE support_reportrecipient ADD CONSTRAINT recipient_contact_same_customer
    FOREIGN KEY (contact_id, customer_id) REFERENCES customers_contact (id, customer_id);
ALTER TABLE support_servicereport ADD CONSTRAINT servicereport_of_customer
    UNIQUE (id, customer_id);
ALTER TABLE support_servicereport ADD CONSTRAINT servicereport_site_same_customer
    FOREIGN KEY (site_id, customer_id) REFERENCES customers_site (id, customer_id);
ALTER TABLE support_servicereport ADD CONSTRAINT servicereport_order_same_customer
    FOREIGN KEY (order_id, customer_id) REFERENCES orders_order (id, customer_id);
ALTER TABLE support_servicereport ADD CONSTRAINT servicereport_report_same_customer
    FOREIGN KEY (report_id, customer_id) REFERENCES support_problemreport (id, customer_id);
ALTER TABLE support_servicereport ADD CONSTRAINT servicereport_signer_same_customer
    FOREIGN KEY (signer_id, customer_id) REFERENCES customers_contact (id, customer_id);
ALTER TABLE support_problemreport ADD CONSTRAINT report_work_order_same_customer
    FOREIGN KEY (work_order_id, customer_id) REFERENCES support_servicereport (id, customer_id);
"""
OWNERSHIP_BACK = """
ALTER TABLE support_problemreport DROP CONSTRAINT report_work_order_same_customer;
ALTER TABLE support_servicereport DROP CONSTRAINT servicereport_signer_same_customer;
ALTER TABLE support_servicereport DROP CONSTRAINT servicereport_report_same_customer;
ALTER TABLE support_servicereport DROP CONSTRAINT servicereport_order_same_customer;
ALTER TABLE support_servicereport DROP CONSTRAINT servicereport_site_same_customer;
ALTER TABLE support_servicereport DROP CONSTRAINT servicereport_of_customer;
ALTER TABLE support_reportrecipient DROP CONSTRAINT recipient_contact_same_customer;
ALTER TABLE support_reportrecipient DROP CONSTRAINT recipient_report_same_customer;
ALTER TABLE support_comment DROP CONSTRAINT comment_report_same_customer;
ALTER TABLE support_problemreport DROP CONSTRAINT report_merged_same_customer;
ALTER TABLE support_problemreport DROP CONSTRAINT report_contact_same_customer;
ALTER TABLE support_problemreport DROP CONSTRAINT report_service_same_customer;
ALTER TABLE support_problemreport DROP CONSTRAINT report_order_same_customer;
ALTER TABLE support_problemreport DROP CONSTRAINT report_site_same_customer;
ALTER TABLE support_problemreport DROP CONSTRAINT report_of_customer;
"""

KEEP = """
CREATE TRIGGER report_keeps_customer BEFORE UPDATE ON support_problemreport
    FOR EACH ROW EXECUTE FUNCTION public.kontor_keep_customer();
CREATE TRIGGER servicereport_keeps_customer BEFORE UPDATE ON support_servicereport
    FOR EACH ROW EXECUTE FUNCTION public.kontor_keep_customer();
CREATE TRIGGER servicereport_signed_stays BEFORE UPDATE OR DELETE ON support_servicereport
    FOR EACH ROW WHEN (OLD.state = 'signed')
    EXECUTE FUNCTION public.kontor_append_only();
"""
KEEP_BACK = """
DROP TRIGGER servicereport_signed_stays ON support_servicereport;
DROP TRIGGER servicereport_keeps_customer ON support_servicereport;
DROP TRIGGER report_keeps_customer ON support_problemreport;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("support", "0001_initial"),
        ("orders", "0002_ownership"),
        ("customers", "0002_search_and_ownership"),
        ("tenancy", "0002_refuse_change_of_customer"),
    ]
    operations = [
        migrations.RunSQL(SEQUENCES, SEQUENCES_BACK),
        migrations.RunSQL(OWNERSHIP, OWNERSHIP_BACK),
        migrations.RunSQL(KEEP, KEEP_BACK),
    ]
