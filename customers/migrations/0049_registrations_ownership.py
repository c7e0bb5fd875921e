"""The customer of a registration stays once it is known (SAFE-02)."""

from django.db import migrations

OWNERSHIP = """
CREATE TRIGGER registration_keeps_customer BEFORE UPDATE ON customers_customerregistration
    FOR EACH ROW WHEN (OLD.customer_id IS NOT NULL)
    EXECUTE FUNCTION public.kontor_keep_customer();
"""
OWNERSHIP_BACK = "DROP TRIGGER registration_keeps_customer ON customers_customerregistration;"


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0048_registrations"),
        ("tenancy", "0002_refuse_change_of_customer"),
    ]
    operations = [migrations.RunSQL(OWNERSHIP, OWNERSHIP_BACK)]
