
import django.db.models.deletion
import roadmap.models.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('roadmap', '0002_review_and_schedule'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PreviewLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', roadmap.models.fields.OneLineField(blank=True, help_text='Who it is for, so that you can tell your links apart.', max_length=200)),
                ('expires_at', models.DateTimeField()),
                ('created_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('revoked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('roadmap', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='preview_links', to='roadmap.roadmap')),
            ],
            options={
                'ordering': ['-created_at'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('revoked_at', None), ('revoked_by', None)), models.Q(models.Q(('revoked_at', None), _negated=True), models.Q(('revoked_by', None), _negated=True)), _connector='OR'), name='preview_link_revoked_at_by_somebody'), models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('created_at'))), name='preview_link_expires_after_it_was_made')],
            },
        ),
        migrations.CreateModel(
            name='Save',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('noun', models.CharField(choices=[('roadmap', 'roadmap'), ('page', 'page'), ('release', 'release'), ('item', 'item'), ('changelog_entry', 'changelog_entry')], max_length=20)),
                ('uid', models.UUIDField()),
                ('title', models.CharField(max_length=200)),
                ('content', models.TextField(blank=True)),
                ('digest', models.CharField(blank=True, max_length=64)),
                ('action', models.CharField(default='Saved', max_length=200)),
                ('saved_at', models.DateTimeField()),
                ('roadmap', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saves', to='roadmap.roadmap')),
                ('saved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-saved_at', '-pk'],
                'indexes': [models.Index(fields=['uid', '-saved_at'], name='save_of_a_thing')],
            },
        ),
    ]
