"""The right to onboard customers, for the roles that could change them (ONB-22)."""

from typing import Any

from django.db import migrations

CHANGES = {"change_customer", "change_assigned_customer"}


def add(apps: Any, schema_editor: Any) -> None:
    Role = apps.get_model("accounts", "Role")  # noqa: N806
    for role in Role._default_manager.filter(for_customers=False):
        if CHANGES & set(role.rights) and "onboard_customer" not in role.rights:
            role.rights = sorted({*role.rights, "onboard_customer"})
            role.save(update_fields=["rights"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0014_last_sign_in")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop, elidable=True)]
