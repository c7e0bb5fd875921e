"""What waits for a customer is read along an index, whatever the size (SPEED-07)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("quotes", "0003_find_key")]
    operations = [
        migrations.AddIndex(
            model_name="quote",
            index=models.Index(
                fields=["sent_at"], condition=models.Q(state="sent"), name="quote_waiting"
            ),
        ),
    ]
