from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0005_product_needs")]

    operations = [
        migrations.AddField(
            model_name="product",
            name="renewal_months",
            field=models.PositiveSmallIntegerField(
                default=0,
                help_text="By how many months an agreed term renews. 0: it goes on without a term.",
                verbose_name="renewal, months",
            ),
        ),
        migrations.AddField(
            model_name="product",
            name="notice_months",
            field=models.PositiveSmallIntegerField(
                default=3,
                help_text="How many months before the end of a term notice is due.",
                verbose_name="notice, months",
            ),
        ),
    ]
