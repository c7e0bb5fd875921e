import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0021_rights_with_onboarding"),
        ("orders", "0014_placed_and_returned"),
    ]

    operations = [
        migrations.AddField(
            model_name="order",
            name="cancel_asked_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="accounts.membership",
            ),
        ),
    ]
