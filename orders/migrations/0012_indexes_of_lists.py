"""The list of orders and the dashboard read along an index, whatever the size (SPEED-07)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0011_find_key")]
    operations = [
        migrations.AddIndex(
            model_name="order",
            index=models.Index(fields=["changed_at", "id"], name="order_by_change"),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(fields=["state", "changed_at", "id"], name="order_by_state_change"),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                fields=["created_by", "changed_at"],
                condition=models.Q(state="draft"),
                name="order_drafts",
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                fields=["submitted_at"],
                condition=models.Q(state="submitted"),
                name="order_submitted",
            ),
        ),
    ]
