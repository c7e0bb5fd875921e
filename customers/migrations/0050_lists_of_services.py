from django.db import migrations, models

LISTS = [
    ("customers", "Customers"),
    ("orders", "Orders"),
    ("quotes", "Quotes"),
    ("emails", "E-mails"),
    ("reports", "Problem reports"),
    ("services", "Services"),
]


def of_list() -> models.CharField:
    return models.CharField(
        choices=LISTS,
        db_default="customers",
        default="customers",
        max_length=10,
        verbose_name="list",
    )


class Migration(migrations.Migration):
    dependencies = [("customers", "0049_registrations_ownership")]

    operations = [
        migrations.AlterField(model_name="savedfilter", name="list_name", field=of_list()),
        migrations.AlterField(model_name="listcolumns", name="list_name", field=of_list()),
    ]
