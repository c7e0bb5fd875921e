"""Who declined, chosen from the list as when accepting (CON-50)."""

import django.db.models.deletion
from django.db import migrations, models

OWNERSHIP = """
ALTER TABLE quotes_confirmation ADD CONSTRAINT confirmation_decliner_same_customer
    FOREIGN KEY (declined_by_id, customer_id) REFERENCES customers_contact (id, customer_id);
"""
OWNERSHIP_BACK = """
ALTER TABLE quotes_confirmation DROP CONSTRAINT confirmation_decliner_same_customer;
"""


class Migration(migrations.Migration):
    dependencies = [("quotes", "0010_anchored_evidence"), ("customers", "0060_contact_left")]
    operations = [
        migrations.AddField(
            model_name="confirmation",
            name="declined_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="customers.contact",
            ),
        ),
        migrations.RunSQL(OWNERSHIP, OWNERSHIP_BACK),
    ]
