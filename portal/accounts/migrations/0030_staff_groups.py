"""The groups of channel sales and their permissions (CHAN-31).

Permissions are made here and not left to the signal after all migrations, since groups need them.
"""

from django.db import migrations

GROUPS = ["read", "orders", "catalogue", "partners", "staff"]


def make_groups(apps, schema_editor):
    ContentType = apps.get_model("contenttypes", "ContentType")
    Permission = apps.get_model("auth", "Permission")
    Group = apps.get_model("auth", "Group")
    user, _made = ContentType.objects.get_or_create(app_label="accounts", model="user")
    made = {}
    for code in GROUPS:
        made[code], _made = Permission.objects.get_or_create(
            content_type=user, codename=f"staff_{code}", defaults={"name": code.title()}
        )
    for code in GROUPS:
        group, _made = Group.objects.get_or_create(name=code)
        group.permissions.add(made["read"], made[code])
    # Until now every member of staff had all rights. They keep them.
    User = apps.get_model("accounts", "User")
    for person in User.objects.filter(is_staff=True, is_superuser=False):
        person.groups.set(Group.objects.filter(name__in=GROUPS))


def remove_groups(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name__in=GROUPS).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0021_rights_with_onboarding"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="user",
            options={
                "permissions": [
                    ("staff_read", "Read"),
                    ("staff_orders", "Orders"),
                    ("staff_catalogue", "Catalogue"),
                    ("staff_partners", "Partners"),
                    ("staff_staff", "Staff"),
                ],
                "verbose_name": "person",
                "verbose_name_plural": "people",
            },
        ),
        migrations.RunPython(make_groups, remove_groups),
    ]
