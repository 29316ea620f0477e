
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('roadmap', '0005_base_managers_refuse'),
    ]

    operations = [
        migrations.AddField(
            model_name='edition',
            name='announcement',
            field=models.UUIDField(editable=False, null=True),
        ),
    ]
