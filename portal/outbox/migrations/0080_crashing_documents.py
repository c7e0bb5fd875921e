from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outbox", "0040_for_the_desk")]

    operations = [
        migrations.AddField(
            model_name="document",
            name="started_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="document",
            name="crashes",
            field=models.PositiveIntegerField(
                db_default=0, default=0, editable=False, verbose_name="crashes"
            ),
        ),
        migrations.AddField(
            model_name="outboundemail",
            name="without_document",
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
    ]
