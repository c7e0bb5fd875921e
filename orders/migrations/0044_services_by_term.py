from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0043_templates")]

    operations = [
        migrations.AddIndex(
            model_name="service",
            index=models.Index(
                condition=models.Q(("ended_on__isnull", True), ("term_ends_on__isnull", False)),
                fields=["term_ends_on", "id"],
                name="service_by_term",
            ),
        ),
        migrations.AddIndex(
            model_name="service",
            index=models.Index(
                condition=models.Q(("ended_on__isnull", True)),
                fields=["started_on", "id"],
                name="service_by_start",
            ),
        ),
    ]
