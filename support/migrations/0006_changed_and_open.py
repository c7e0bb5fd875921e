"""The indexes of the last changed reports, and of open visits, for the home page (ONB-24)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0014_last_sign_in"),
        ("customers", "0046_near_credit_limit"),
        ("orders", "0014_placed_and_returned"),
        ("support", "0005_report_system"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="problemreport",
            index=models.Index(fields=["-changed_at"], name="report_by_change"),
        ),
        migrations.AddIndex(
            model_name="servicereport",
            index=models.Index(
                condition=models.Q(("state", "planned"), ("state", "draft"), _connector="OR"),
                fields=["technician", "planned_for"],
                name="servicereport_open",
            ),
        ),
    ]
