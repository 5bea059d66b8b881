"""The swappable models, without what they point at.

Nothing here depends on another app. So whichever of the models a host swaps, its own
first migration can come between this one and the next: each of the swappable models
points at others, and with the relations in here some choices would be circular.
"""

import django.core.validators
import django.utils.timezone
import starterkit_core.utils.uuid7
import starterkit_terms.models.document
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name='Document',
            fields=[
                ('id', models.UUIDField(default=starterkit_core.utils.uuid7.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created at')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated at')),
                ('key', models.SlugField(unique=True, verbose_name='key')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('nature', models.CharField(choices=[('contract', 'contract'), ('notice', 'notice'), ('consent', 'consent'), ('attestation', 'attestation')], default='contract', max_length=16, verbose_name='nature')),
                ('mandatory', models.BooleanField(default=True, help_text='Must be accepted to use the service; contracts only.', verbose_name='mandatory')),
                ('valid_months', models.PositiveSmallIntegerField(blank=True, help_text='Consents only: after this time users are asked again.', null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='valid for months')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('audience', models.CharField(blank=True, help_text='Name in AUDIENCES of whom it is for; everybody when left empty.', max_length=50, validators=[starterkit_terms.models.document.validate_audience], verbose_name='audience')),
            ],
            options={
                'verbose_name': 'document',
                'verbose_name_plural': 'documents',
                'ordering': ['position', 'key'],
                'abstract': False,
                'swappable': 'STARTERKIT_TERMS_DOCUMENT_MODEL',
                'constraints': [models.CheckConstraint(condition=models.Q(('mandatory', False), ('nature__in', ['contract', 'attestation']), _connector='OR'), name='starterkit_terms_document_mandatory', violation_error_message='Only a contract can be mandatory.'), models.CheckConstraint(condition=models.Q(('valid_months', None), models.Q(('nature', 'consent'), ('valid_months__gte', 1)), _connector='OR'), name='starterkit_terms_document_valid_months', violation_error_message='Only a consent can expire.')],
            },
        ),
        migrations.CreateModel(
            name='Version',
            fields=[
                ('id', models.UUIDField(default=starterkit_core.utils.uuid7.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created at')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated at')),
                ('number', models.PositiveIntegerField(editable=False, verbose_name='number')),
                ('label', models.CharField(help_text='What people call it, such as 2026-11.', max_length=50, verbose_name='label')),
                ('change_summary', models.TextField(blank=True, verbose_name='what has changed')),
                ('change_class', models.CharField(choices=[('silent', 'silent: such as a typing error'), ('inform', 'inform: users are told, and need not accept'), ('active', 'active: users must accept it again')], default='active', help_text='The first version of a document is always accepted actively.', max_length=8, verbose_name='class of change')),
                ('authoritative_locale', models.CharField(blank=True, help_text='The language that prevails if the texts differ.', max_length=16, verbose_name='authoritative language')),
                ('authors', models.JSONField(blank=True, default=list, editable=False, help_text='Ids of the users who wrote the draft.', verbose_name='authors')),
                ('published_at', models.DateTimeField(editable=False, null=True, verbose_name='published at')),
                ('announce_at', models.DateTimeField(blank=True, help_text='With the publication when left empty; hidden until then.', null=True, verbose_name='announced from')),
                ('effective_at', models.DateTimeField(blank=True, help_text='With the publication when left empty.', null=True, verbose_name='takes effect at')),
                ('enforce_at', models.DateTimeField(blank=True, help_text='Until then people who accepted the former version may go on.', null=True, verbose_name='enforced from')),
            ],
            options={
                'verbose_name': 'version',
                'verbose_name_plural': 'versions',
                'permissions': [('publish_version', 'Can publish version')],
                'abstract': False,
                'swappable': 'STARTERKIT_TERMS_VERSION_MODEL',
            },
        ),
        migrations.CreateModel(
            name='Acceptance',
            fields=[
                ('id', models.UUIDField(default=starterkit_core.utils.uuid7.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created at')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated at')),
                ('organization_id', models.CharField(blank=True, help_text='Id of the organization that is bound, if it is not the user.', max_length=64, verbose_name='organization')),
                ('actor_id', models.CharField(help_text='Id of the user who acted.', max_length=64, verbose_name='actor')),
                ('authority', models.CharField(choices=[('self', 'for oneself'), ('organization', 'for an organization')], default='self', max_length=16, verbose_name='authority')),
                ('sequence', models.PositiveIntegerField(default=1, help_text='How many acts of the user about this document it makes.', verbose_name='sequence')),
                ('locale', models.CharField(max_length=16, verbose_name='language')),
                ('content_hash', models.CharField(max_length=64, verbose_name='hash of the text')),
                ('wording', models.CharField(blank=True, help_text='What was shown beside the checkbox.', max_length=500, verbose_name='wording')),
                ('action', models.CharField(choices=[('accepted', 'accepted'), ('acknowledged', 'acknowledged'), ('given', 'given'), ('refused', 'refused'), ('withdrawn', 'withdrawn'), ('expired', 'expired')], default='accepted', max_length=16, verbose_name='action')),
                ('method', models.CharField(choices=[('api', 'API'), ('sign_up', 'sign-up'), ('admin', 'administration'), ('time', 'time'), ('imported', 'import from another system'), ('visitor', 'before there was an account'), ('bound', 'taken over from a visitor')], default='api', max_length=16, verbose_name='method')),
                ('happened_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='happened at')),
                ('expires_at', models.DateTimeField(blank=True, help_text='When a consent that was given ends by itself.', null=True, verbose_name='expires at')),
                ('address', models.CharField(blank=True, max_length=64, verbose_name='network address')),
                ('user_agent', models.CharField(blank=True, max_length=256, verbose_name='user agent')),
                ('platform', models.CharField(blank=True, max_length=32, verbose_name='platform')),
                ('app_version', models.CharField(blank=True, max_length=32, verbose_name='version of the app')),
                ('request_id', models.CharField(blank=True, max_length=128, verbose_name='request')),
            ],
            options={
                'verbose_name': 'acceptance',
                'verbose_name_plural': 'acceptances',
                'abstract': False,
                'swappable': 'STARTERKIT_TERMS_ACCEPTANCE_MODEL',
            },
        ),
        migrations.AddConstraint(
            model_name='version',
            constraint=models.CheckConstraint(condition=models.Q(('published_at', None), models.Q(('announce_at__isnull', False), ('effective_at__isnull', False)), _connector='OR'), name='starterkit_terms_version_effective'),
        ),
        migrations.AddConstraint(
            model_name='version',
            constraint=models.CheckConstraint(condition=models.Q(('announce_at', None), ('effective_at', None), ('announce_at__lte', models.F('effective_at')), _connector='OR'), name='starterkit_terms_version_announced', violation_error_message='It must be announced before it takes effect.'),
        ),
        migrations.AddConstraint(
            model_name='version',
            constraint=models.CheckConstraint(condition=models.Q(('enforce_at', None), ('effective_at', None), ('enforce_at__gte', models.F('effective_at')), _connector='OR'), name='starterkit_terms_version_enforced', violation_error_message='It cannot be enforced before it takes effect.'),
        ),
    ]
