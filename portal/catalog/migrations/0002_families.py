"""The three families that the portal has product steps for (D25)."""

from django.db import migrations

FAMILIES = (("trunk", True, 5), ("meeting", False, 2), ("flex", False, 3))


def forward(apps, schema_editor):
    model = apps.get_model("catalog", "ProductFamily")
    for position, (code, registration, days) in enumerate(FAMILIES, 1):
        model.objects.get_or_create(
            code=code,
            defaults={
                "requires_channel_registration": registration,
                "lead_days": days,
                "position": position,
            },
        )


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]
    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
