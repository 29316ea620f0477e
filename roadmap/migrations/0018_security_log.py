"""The security log, and the group of those who may read it."""

import django.db.models.deletion
from django.conf import settings
from django.contrib.auth.management import create_permissions
from django.db import migrations, models

GROUP, PERMISSION = "Auditors", "view_securityevent"


def add_group(apps, schema_editor):
    """Permissions are usually made after all migrations have run, which is too late here."""
    using = schema_editor.connection.alias
    config = apps.get_app_config("roadmap")
    config.models_module = True  # what create_permissions asks for, and a historical app has not
    create_permissions(config, verbosity=0, using=using, apps=apps)
    config.models_module = None
    group, _ = apps.get_model("auth", "Group").objects.using(using).get_or_create(name=GROUP)
    found = apps.get_model("auth", "Permission").objects.using(using)
    group.permissions.add(*found.filter(content_type__app_label="roadmap", codename=PERMISSION))


def remove_group(apps, schema_editor):
    apps.get_model("auth", "Group").objects.using(schema_editor.connection.alias).filter(name=GROUP).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("roadmap", "0017_signing_in"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SecurityEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("happened_at", models.DateTimeField(db_index=True, verbose_name="when")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("signed_in", "Signed in"),
                            ("signed_out", "Signed out"),
                            ("refused", "Sign-in refused"),
                            ("locked", "Locked out"),
                            ("let_in", "Let in again"),
                            ("password", "Password"),
                            ("second_factor", "Second factor"),
                            ("session", "Session ended"),
                            ("person", "Person or role"),
                            ("forbidden", "Page refused"),
                            ("preview_made", "Preview link made"),
                            ("preview_ended", "Preview link ended"),
                            ("export", "Export or backup"),
                        ],
                        max_length=20,
                        verbose_name="what",
                    ),
                ),
                ("who", models.CharField(blank=True, max_length=250)),
                ("address", models.CharField(blank=True, max_length=45, verbose_name="from")),
                ("about", models.CharField(blank=True, max_length=250, verbose_name="about")),
                ("words", models.CharField(blank=True, max_length=500, verbose_name="in words")),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "security log entry",
                "verbose_name_plural": "security log entries",
                "ordering": ["-happened_at", "-pk"],
                "default_permissions": ("view",),
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.RunPython(add_group, remove_group),
    ]
