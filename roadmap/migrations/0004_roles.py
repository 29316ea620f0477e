"""The groups Editors and Publishers, with what each may do.

Adds to a group of that name what it lacks, and takes nothing away. Permissions are usually made after all migrations
have run, which is too late here.
"""

from django.contrib.auth.management import create_permissions
from django.db import migrations

THINGS = ["page", "release", "item", "changelogentry", "field", "api"]
PARTS = ["milestone", "itemapi", "fieldvalue"]  # of an item: deleting one changes the item
# What was published is protected from an editor's deleting by the admin: see roadmap.admin.roles.
EDITORS = {
    *(f"{verb}_{noun}" for noun in THINGS + PARTS for verb in ("view", "add", "change", "delete")),
    "view_roadmap",
    "change_roadmap",
}
PUBLISHERS = EDITORS | {"add_roadmap", "delete_roadmap", "publish_roadmap"}
GROUPS = {"Editors": EDITORS, "Publishers": PUBLISHERS}


def add_groups(apps, schema_editor):
    using = schema_editor.connection.alias
    config = apps.get_app_config("roadmap")
    config.models_module = True  # what create_permissions asks for, and a historical app has not
    create_permissions(config, verbosity=0, using=using, apps=apps)
    config.models_module = None
    Permission = apps.get_model("auth", "Permission")
    Group = apps.get_model("auth", "Group")
    for name, codenames in GROUPS.items():
        group, _ = Group.objects.using(using).get_or_create(name=name)
        found = Permission.objects.using(using).filter(content_type__app_label="roadmap", codename__in=codenames)
        group.permissions.add(*found)


def remove_groups(apps, schema_editor):
    Group = apps.get_model("auth", "Group")
    Group.objects.using(schema_editor.connection.alias).filter(name__in=GROUPS).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("roadmap", "0003_saves_and_preview_links"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(add_groups, remove_groups)]
