from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenancy", "0005_logo"),
    ]

    operations = [
        migrations.AddField(
            model_name="partner",
            name="vat_number",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=40, verbose_name="VAT number"
            ),
        ),
    ]
