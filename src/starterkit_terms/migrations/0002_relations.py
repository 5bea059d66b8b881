"""What the models of 0001 point at, the texts, and the states.

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
            field=models.ForeignKey(db_index=False, help_text='The user who is bound.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='terms_acceptances', to=settings.AUTH_USER_MODEL, verbose_name='user'),
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
                ('checkbox', models.CharField(blank=True, help_text='What users tick, such as: I have read and accept the terms.', max_length=500, verbose_name='wording of the checkbox')),
                ('html', models.TextField(blank=True, editable=False, verbose_name='HTML')),
                ('renderer', models.CharField(blank=True, editable=False, max_length=100, verbose_name='renderer')),
                ('content_hash', models.CharField(blank=True, editable=False, max_length=64, verbose_name='hash')),
                ('html_hash', models.CharField(blank=True, editable=False, max_length=64, verbose_name='hash of the HTML')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='texts', to=settings.STARTERKIT_TERMS_VERSION_MODEL, verbose_name='version')),
            ],
            options={
                'verbose_name': 'text',
                'verbose_name_plural': 'texts',
                'ordering': ['locale'],
            },
        ),
        migrations.CreateModel(
            name='ConsentState',
            fields=[
                ('id', models.UUIDField(default=starterkit_core.utils.uuid7.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created at')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated at')),
                ('action', models.CharField(choices=[('accepted', 'accepted'), ('acknowledged', 'acknowledged'), ('given', 'given'), ('refused', 'refused'), ('withdrawn', 'withdrawn'), ('expired', 'expired')], max_length=16, verbose_name='last action')),
                ('number', models.PositiveIntegerField(help_text='Of the version that the last act was about.', verbose_name='number')),
                ('accepted_number', models.PositiveIntegerField(default=0, help_text='Of the version that stands as agreed to; 0 if none does.', verbose_name='accepted number')),
                ('sequence', models.PositiveIntegerField(verbose_name='number of acts')),
                ('event_id', models.UUIDField(verbose_name='last act')),
                ('happened_at', models.DateTimeField(verbose_name='happened at')),
                ('expires_at', models.DateTimeField(help_text='When a consent that was given ends by itself.', null=True, verbose_name='expires at')),
                ('document', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='states', to=settings.STARTERKIT_TERMS_DOCUMENT_MODEL, verbose_name='document')),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='terms_states', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'state',
                'verbose_name_plural': 'states',
                'indexes': [models.Index(fields=['document', 'action', 'number', 'happened_at'], name='starterkit__documen_014d06_idx'), models.Index(fields=['expires_at'], name='starterkit__expires_6d9ba3_idx')],
                'constraints': [models.UniqueConstraint(fields=('user', 'document'), name='starterkit_terms_consentstate_one')],
            },
        ),
        migrations.CreateModel(
            name='Visitor',
            fields=[
                ('id', models.UUIDField(default=starterkit_core.utils.uuid7.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created at')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated at')),
                ('expires_at', models.DateTimeField(help_text='From then on it is bound to no account.', verbose_name='expires at')),
                ('bound_at', models.DateTimeField(null=True, verbose_name='bound at')),
                ('user', models.ForeignKey(help_text='The account that it was bound to.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='terms_visitors', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'visitor',
                'verbose_name_plural': 'visitors',
                'abstract': False,
            },
        ),
        migrations.AddIndex(
            model_name='acceptance',
            index=models.Index(fields=['user', 'id'], name='starterkit__user_id_ae90d5_idx'),
        ),
        migrations.AddConstraint(
            model_name='acceptance',
            constraint=models.CheckConstraint(condition=models.Q(('action__in', ['accepted', 'acknowledged', 'given', 'refused', 'withdrawn', 'expired'])), name='starterkit_terms_acceptance_action'),
        ),
        migrations.AddConstraint(
            model_name='acceptance',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('authority', 'self'), ('organization_id', '')), models.Q(('authority', 'organization'), models.Q(('organization_id', ''), _negated=True)), _connector='OR'), name='starterkit_terms_acceptance_bound'),
        ),
        migrations.AddConstraint(
            model_name='acceptance',
            constraint=models.CheckConstraint(condition=models.Q(('expires_at', None), ('action', 'given'), _connector='OR'), name='starterkit_terms_acceptance_expiry'),
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
            constraint=models.UniqueConstraint(fields=('user', 'version', 'sequence'), name='starterkit_terms_acceptance_once'),
        ),
        migrations.AddConstraint(
            model_name='versiontext',
            constraint=models.UniqueConstraint(fields=('version', 'locale'), name='starterkit_terms_versiontext_locale', violation_error_message='There is a text in this language already.'),
        ),
    ]
