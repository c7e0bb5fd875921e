"""A system, its site and its onboarding are of one customer, and stay so (SAFE-02)."""

from django.db import migrations

OWNERSHIP = """
ALTER TABLE customers_onboarding ADD CONSTRAINT onboarding_of_customer UNIQUE (id, customer_id);
ALTER TABLE customers_system ADD CONSTRAINT system_of_customer UNIQUE (id, customer_id);
ALTER TABLE customers_system ADD CONSTRAINT system_site_same_customer
    FOREIGN KEY (site_id, customer_id) REFERENCES customers_site (id, customer_id);
ALTER TABLE customers_system ADD CONSTRAINT system_onboarding_same_customer
    FOREIGN KEY (onboarding_id, customer_id) REFERENCES customers_onboarding (id, customer_id);
CREATE TRIGGER system_keeps_customer BEFORE UPDATE ON customers_system
    FOR EACH ROW EXECUTE FUNCTION public.kontor_keep_customer();
CREATE TRIGGER onboarding_keeps_customer BEFORE UPDATE ON customers_onboarding
    FOR EACH ROW WHEN (OLD.customer_id IS NOT NULL)
    EXECUTE FUNCTION public.kontor_keep_customer();
"""
OWNERSHIP_BACK = """
DROP TRIGGER onboarding_keeps_customer ON customers_onboarding;
DROP TRIGGER system_keeps_customer ON customers_system;
ALTER TABLE customers_system DROP CONSTRAINT system_onboarding_same_customer;
ALTER TABLE customers_system DROP CONSTRAINT system_site_same_customer;
ALTER TABLE customers_system DROP CONSTRAINT system_of_customer;
ALTER TABLE customers_onboarding DROP CONSTRAINT onboarding_of_customer;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0044_onboarding"),
        ("customers", "0002_search_and_ownership"),
        ("tenancy", "0002_refuse_change_of_customer"),
    ]
    operations = [migrations.RunSQL(OWNERSHIP, OWNERSHIP_BACK)]
