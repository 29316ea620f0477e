from django.db import migrations, models
from django.utils import timezone


def record_what_was_seen(apps, schema_editor):
    edition = apps.get_model("roadmap", "Edition")
    edition.objects.using(schema_editor.connection.alias).filter(published_at__lte=timezone.now()).update(was_seen=True)


class Migration(migrations.Migration):

    dependencies = [
        ("roadmap", "0009_history_imports"),
    ]

    operations = [
        migrations.AddField(
            model_name="edition",
            name="was_seen",
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.RunPython(record_what_was_seen, migrations.RunPython.noop),
    ]
