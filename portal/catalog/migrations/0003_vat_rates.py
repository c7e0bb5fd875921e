"""The standard rates of the EU's members and its neighbours (VAT-01)."""

import django.core.validators
import django_countries.fields
from django.db import migrations, models

# In per cent as of 2024-01-01, then the changes since.
RATES = (
    "AT 20, BE 21, BG 20, CH 8.1, CY 19, CZ 21, DE 19, DK 25, EE 22, ES 21, FI 24, FR 20, GB 20, "
    "GR 24, HR 25, HU 27, IE 23, IS 24, IT 22, LI 8.1, LT 21, LU 17, LV 21, MT 18, NL 21, NO 25, "
    "PL 23, PT 23, RO 19, SE 25, SI 22, SK 20"
)
CHANGES = (
    ("FI", "2024-09-01", "25.5"),
    ("SK", "2025-01-01", "23"),
    ("EE", "2025-07-01", "24"),
    ("RO", "2025-08-01", "21"),
)


def forward(apps, schema_editor):
    model = apps.get_model("catalog", "VatRate")
    rows = [(*rate.split(), "2024-01-01") for rate in RATES.split(", ")]
    rows += [(country, percent, day) for country, day, percent in CHANGES]
    for country, percent, day in rows:
        model.objects.create(country=country, percent=percent, valid_from=day)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0002_families")]
    operations = [
        migrations.CreateModel(
            name="VatRate",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "country",
                    django_countries.fields.CountryField(max_length=2, verbose_name="country"),
                ),
                ("valid_from", models.DateField(verbose_name="valid from")),
                (
                    "percent",
                    models.DecimalField(
                        decimal_places=2,
                        max_digits=5,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="VAT, %",
                    ),
                ),
            ],
            options={
                "verbose_name": "VAT rate",
                "verbose_name_plural": "VAT rates",
                "constraints": [
                    models.UniqueConstraint(fields=("country", "valid_from"), name="vat_rate_once"),
                    models.CheckConstraint(
                        condition=models.Q(("percent__gte", 0), ("percent__lte", 100)),
                        name="vat_rate_is_percentage",
                    ),
                ],
            },
        ),
        migrations.RunPython(forward, migrations.RunPython.noop),
    ]
