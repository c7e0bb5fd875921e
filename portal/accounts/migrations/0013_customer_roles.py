"""The two roles of customers' people at every partner, and the new rights where they belong."""

from typing import Any

from django.db import migrations

NEW = {
    "CA": [
        "add_customeruser",
        "add_report",
        "change_customeruser_rights",
        "change_supportcontact",
        "delete_customeruser",
        "view_order",
        "view_quote",
        "view_report",
    ],
    "CU": ["view_order", "view_quote", "view_report"],
}


def add(apps: Any, schema_editor: Any) -> None:
    Partner = apps.get_model("tenancy", "Partner")  # noqa: N806
    Role = apps.get_model("accounts", "Role")  # noqa: N806
    for role in Role._default_manager.filter(for_customers=False):
        rights = set(role.rights)
        if "change_report" in rights:
            rights |= {"add_report", "change_supportcontact"}
        if sorted(rights) != sorted(role.rights):
            role.rights = sorted(rights)
            role.save(update_fields=["rights"])
    for partner in Partner._default_manager.all():
        for preset, rights in NEW.items():
            Role._default_manager.get_or_create(
                partner=partner,
                preset=preset,
                defaults={"rights": rights, "for_customers": True},
            )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0012_customer_places")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop, elidable=True)]
