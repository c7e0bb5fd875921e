from django.db import migrations


class Migration(migrations.Migration):
    """The model's name; its table keeps the one it has."""

    dependencies = [("outbox", "0002_documents")]
    operations = [
        migrations.AlterModelTable(name="sealkey", table="outbox_sealkey"),
        migrations.RenameModel(old_name="SealKey", new_name="SigningKey"),
        migrations.AlterModelOptions(
            name="signingkey",
            options={"verbose_name": "signing key", "verbose_name_plural": "signing keys"},
        ),
    ]
