"""What the models of 0001 point at, and the texts.

Nothing has been stored yet, so columns without a default can be added.
"""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import starterkit_core.utils.uuid7
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('starterkit_terms', '0001_initial'),
        # makemigrations writes none of these for models of our own app; swapped, the
        # order would be left to the alphabet.
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        migrations.swappable_dependency(settings.STARTERKIT_TERMS_DOCUMENT_MODEL),
        migrations.swappable_dependency(settings.STARTERKIT_TERMS_VERSION_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='version',
            name='document',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to=settings.STARTERKIT_TERMS_DOCUMENT_MODEL, verbose_name='document'),
        ),
        migrations.AddField(
            model_name='acceptance',
            name='user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='terms_acceptances', to=settings.AUTH_USER_MODEL, verbose_name='user'),
        ),
        migrations.AddField(
            model_name='acceptance',
            name='version',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='acceptances', to=settings.STARTERKIT_TERMS_VERSION_MODEL, verbose_name='version'),
        ),
        migrations.CreateModel(
            name='VersionText',
            fields=[
                ('id', models.UUIDField(default=starterkit_core.utils.uuid7.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created at')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated at')),
                ('locale', models.CharField(max_length=16, validators=[django.core.validators.RegexValidator('^[a-z]{2,3}(-[a-z0-9]{2,8})*\\Z')], verbose_name='language')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('source', models.TextField(help_text='Markdown; HTML shows as text.', verbose_name='text')),
                ('html', models.TextField(blank=True, editable=False, verbose_name='HTML')),
                ('renderer', models.CharField(blank=True, editable=False, max_length=100, verbose_name='renderer')),
                ('content_hash', models.CharField(blank=True, editable=False, max_length=64, verbose_name='hash')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='texts', to=settings.STARTERKIT_TERMS_VERSION_MODEL, verbose_name='version')),
            ],
            options={
                'verbose_name': 'text',
                'verbose_name_plural': 'texts',
                'ordering': ['locale'],
            },
        ),
        migrations.AddConstraint(
            model_name='version',
            constraint=models.UniqueConstraint(fields=('document', 'number'), name='starterkit_terms_version_number'),
        ),
        migrations.AddIndex(
            model_name='acceptance',
            index=models.Index(fields=['actor_id'], name='starterkit__actor_i_129f8e_idx'),
        ),
        migrations.AddIndex(
            model_name='acceptance',
            index=models.Index(fields=['version', 'id'], name='starterkit__version_e7f039_idx'),
        ),
        migrations.AddConstraint(
            model_name='acceptance',
            constraint=models.UniqueConstraint(fields=('user', 'version', 'action'), name='starterkit_terms_acceptance_once'),
        ),
        migrations.AddConstraint(
            model_name='versiontext',
            constraint=models.UniqueConstraint(fields=('version', 'locale'), name='starterkit_terms_versiontext_locale', violation_error_message='There is a text in this language already.'),
        ),
    ]
