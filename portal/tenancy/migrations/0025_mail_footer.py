"""A footer for e-mails and documents."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenancy", "0024_own_hosts"),
    ]

    operations = [
        migrations.AddField(
            model_name="partner",
            name="mail_footer",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=300, verbose_name="footer"
            ),
        ),
    ]
