from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0010_role_names")]
    operations = [
        migrations.RenameField("membership", "sees_more", "has_extra_visibility"),
    ]
