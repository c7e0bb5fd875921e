"""A problem report can point to a system of its own customer (ONB-24, SAFE-02)."""

import django.db.models.deletion
from django.db import migrations, models

OWNERSHIP = """
ALTER TABLE support_problemreport ADD CONSTRAINT report_system_same_customer
    FOREIGN KEY (system_id, customer_id) REFERENCES customers_system (id, customer_id);
"""
OWNERSHIP_BACK = """
ALTER TABLE support_problemreport DROP CONSTRAINT report_system_same_customer;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("support", "0004_finished_work_stays"),
        ("customers", "0045_onboarding_ownership"),
    ]
    operations = [
        migrations.AddField(
            model_name="problemreport",
            name="system",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reports",
                to="customers.system",
                verbose_name="system",
            ),
        ),
        migrations.RunSQL(OWNERSHIP, OWNERSHIP_BACK),
    ]
