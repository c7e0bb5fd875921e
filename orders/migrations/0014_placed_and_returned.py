"""The indexes of placed orders by day, and of returned ones, for the home page (ONB-24)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0014_last_sign_in"),
        ("customers", "0043_columns_of_reports"),
        ("orders", "0013_sort_indexes"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("submitted_at__isnull", False)),
                fields=["submitted_at"],
                name="order_placed",
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("state", "draft"), ("submitted_at__isnull", False)),
                fields=["changed_at"],
                name="order_returned",
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("state", "draft"), ("submitted_at__isnull", True)),
                fields=["created_by", "changed_at"],
                name="order_unplaced",
            ),
        ),
    ]
