"""Templates of orders that a partner places often (ORD-55)."""

import uuid

import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

import portal.tenancy.guard


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0021_rights_with_onboarding"),
        ("catalog", "0010_renewal_and_notice"),
        ("orders", "0031_told"),
    ]

    operations = [
        migrations.CreateModel(
            name="OrderTemplate",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner_id",
                    models.UUIDField(
                        default=portal.tenancy.guard.current_partner_id, editable=False
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                (
                    "family",
                    models.CharField(
                        choices=[
                            ("trunk", "SIP trunk"),
                            ("meeting", "Meeting"),
                            ("flex", "Flex"),
                        ],
                        max_length=20,
                        verbose_name="family",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="added")),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="accounts.membership",
                        verbose_name="by",
                    ),
                ),
            ],
            options={
                "verbose_name": "order template",
                "verbose_name_plural": "order templates",
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("name"),
                        name="order_template_name",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OrderTemplateLine",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner_id",
                    models.UUIDField(
                        default=portal.tenancy.guard.current_partner_id, editable=False
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("quantity", models.PositiveIntegerField(verbose_name="quantity")),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.product",
                    ),
                ),
                (
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="orders.ordertemplate",
                    ),
                ),
            ],
            options={
                "verbose_name": "product of a template",
                "verbose_name_plural": "products of templates",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("template", "product"), name="template_product_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gte", 1)), name="template_quantity"
                    ),
                ],
            },
        ),
    ]
