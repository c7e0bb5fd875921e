"""The index of customers near their credit limit, for the home page (ONB-24)."""

from decimal import Decimal

import django.db.models.expressions
import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0003_vat_rates"),
        ("customers", "0045_onboarding_ownership"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                models.OrderBy(
                    django.db.models.expressions.CombinedExpression(
                        models.F("credit_committed"),
                        "/",
                        django.db.models.functions.comparison.NullIf(
                            models.F("credit_limit"), models.Value(Decimal("0"))
                        ),
                    ),
                    descending=True,
                    nulls_first=True,
                ),
                models.F("id"),
                condition=models.Q(
                    ("is_active", True),
                    ("credit_committed__gt", 0),
                    (
                        "credit_committed__gte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("credit_limit"), "*", models.Value(Decimal("0.8"))
                        ),
                    ),
                ),
                name="customer_near_limit",
            ),
        ),
    ]
