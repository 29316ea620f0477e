
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('roadmap', '0004_roles'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='change',
            options={'base_manager_name': 'objects', 'ordering': ['pk']},
        ),
        migrations.AlterModelOptions(
            name='edition',
            options={'base_manager_name': 'objects', 'ordering': ['roadmap', '-number']},
        ),
        migrations.AlterModelOptions(
            name='revision',
            options={'base_manager_name': 'objects', 'ordering': ['edition', 'pk']},
        ),
        migrations.AlterModelOptions(
            name='save',
            options={'base_manager_name': 'objects', 'ordering': ['-saved_at', '-pk']},
        ),
    ]
