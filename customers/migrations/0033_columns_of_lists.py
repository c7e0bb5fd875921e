"""A person's columns of each list, not of the list of customers alone (REG-11)."""

import django.db.models.deletion
from django.db import migrations, models

# The way back has room for the customers' columns only.
OF_OTHERS = "DELETE FROM customers_listcolumns WHERE list_name <> 'customers'"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_extra_visibility"),
        ("customers", "0032_saved_filters_of_lists"),
    ]

    operations = [
        migrations.AddField(
            model_name="listcolumns",
            name="list_name",
            field=models.CharField(
                choices=[
                    ("customers", "Customers"),
                    ("orders", "Orders"),
                    ("quotes", "Quotes"),
                    ("emails", "E-mails"),
                ],
                db_default="customers",
                default="customers",
                max_length=10,
                verbose_name="list",
            ),
        ),
        migrations.AlterField(
            model_name="listcolumns",
            name="membership",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="accounts.membership",
            ),
        ),
        migrations.AddConstraint(
            model_name="listcolumns",
            constraint=models.UniqueConstraint(
                fields=("membership", "list_name"), name="listcolumns_once_a_list"
            ),
        ),
        migrations.RunSQL(migrations.RunSQL.noop, OF_OTHERS),
    ]
