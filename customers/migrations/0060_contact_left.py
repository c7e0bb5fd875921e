"""A contact can leave: the row stays for what it is named in (REG-58)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0050_lists_of_services")]
    operations = [
        migrations.AddField(
            model_name="contact",
            name="left_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="has left"),
        ),
    ]
