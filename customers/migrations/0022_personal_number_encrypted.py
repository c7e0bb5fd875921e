from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("customers", "0021_contact_role")]
    operations = [
        migrations.RenameField("customer", "personal_number_sealed", "personal_number_encrypted"),
    ]
