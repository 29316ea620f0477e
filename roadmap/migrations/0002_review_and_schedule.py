from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("roadmap", "0001_working_copies_and_editions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="change",
            name="is_minor",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="roadmap",
            name="asks_reasons",
            field=models.BooleanField(
                default=True,
                help_text="Publishing then needs a reason for every such date. Readers see it beside the change.",
                verbose_name="ask why when a date moves later",
            ),
        ),
        migrations.AddField(
            model_name="roadmap",
            name="team",
            field=models.ManyToManyField(
                blank=True,
                help_text="Who may edit and publish this roadmap. Leave empty for everybody whose role allows it.",
                related_name="roadmaps",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
