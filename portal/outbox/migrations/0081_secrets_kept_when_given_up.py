from django.db import migrations, models


def erase(apps, schema_editor):
    """Erase the secrets of messages given up, which the constraint before this one requires."""
    emails = apps.get_model("outbox", "OutboundEmail").unscoped
    emails.filter(state="dead").update(secrets_encrypted=None)


class Migration(migrations.Migration):
    dependencies = [("outbox", "0080_crashing_documents")]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, erase),
        migrations.RemoveConstraint(model_name="outboundemail", name="email_secrets_erased"),
        migrations.AddConstraint(
            model_name="outboundemail",
            constraint=models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "queued", "dead"])
                | models.Q(secrets_encrypted=None),
                name="email_secrets_erased",
            ),
        ),
    ]
