"""How the file of an import is read: row of the headings, sheet, encoding (REG-56)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0060_contact_left")]
    operations = [
        migrations.AddField(
            model_name="customerimport",
            name="heading_row",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="customerimport",
            name="sheet",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="customerimport",
            name="encoding",
            field=models.CharField(blank=True, db_default="", default="", max_length=20),
        ),
    ]
