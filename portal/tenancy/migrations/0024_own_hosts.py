"""Own hosts of partners are used once they are verified; those that are there are."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenancy", "0023_partner_erasure"),
    ]

    operations = [
        migrations.AddField(
            model_name="domain",
            name="added_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="domain",
            name="checked_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="domain",
            name="found",
            field=models.CharField(blank=True, db_default="", editable=False, max_length=200),
        ),
        migrations.AddField(
            model_name="domain",
            name="result",
            field=models.CharField(
                blank=True,
                choices=[
                    ("txt", "The TXT record is there."),
                    ("cname", "The host is an alias of ours."),
                    ("nothing", "There is no such record yet."),
                    ("other", "There is another value: %(found)s"),
                    ("unreachable", "The name servers did not answer."),
                ],
                db_default="",
                editable=False,
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="domain",
            name="state",
            field=models.CharField(
                choices=[("waiting", "Waiting for its DNS record"), ("verified", "Verified")],
                db_default="verified",
                default="verified",
                max_length=10,
                verbose_name="state",
            ),
        ),
        migrations.AddField(
            model_name="domain",
            name="token",
            field=models.CharField(blank=True, db_default="", editable=False, max_length=40),
        ),
    ]
