"""System checks of core: mistakes in a host's configuration, found at startup."""

from django.core.checks import Tags, register

from starterkit_core.checks.addresses import check_email_rule
from starterkit_core.checks.cache import check_counting_cache
from starterkit_core.checks.databases import check_databases
from starterkit_core.checks.exposure import (
    check_hosts,
    check_locked_cookies,
    check_private_files,
    check_proxies,
)
from starterkit_core.checks.former_tables import check_former_tables
from starterkit_core.checks.health import check_required
from starterkit_core.checks.idempotency import check_kept_answers, check_retention
from starterkit_core.checks.leftovers import check_leftovers
from starterkit_core.checks.mail import (
    check_mail_server,
    check_mail_timeout,
    check_mails_leave,
)
from starterkit_core.checks.mirrors import check_mirrors
from starterkit_core.checks.moments import check_local_time
from starterkit_core.checks.openapi import check_schema_class
from starterkit_core.checks.overrides import check_overrides
from starterkit_core.checks.personal_data import check_personal_data
from starterkit_core.checks.preset import check_preset
from starterkit_core.checks.queue import check_queue
from starterkit_core.checks.serializers import check_shared_serializers
from starterkit_core.checks.settings import check_settings
from starterkit_core.checks.swapped_models import check_swapped_models
from starterkit_core.checks.templates import check_templates
from starterkit_core.checks.timeouts import (
    check_cache_timeouts,
    check_database_timeouts,
)
from starterkit_core.checks.wiring import check_apps, check_middleware, check_urls

TAG = "starterkit"

register(check_settings, TAG)
register(check_email_rule, TAG)
register(check_overrides, TAG)
register(check_shared_serializers, TAG)
register(check_kept_answers, TAG)
register(check_counting_cache, TAG)
register(check_mirrors, TAG)
register(check_preset, TAG)
register(check_swapped_models, TAG)
register(check_schema_class, TAG)
register(check_templates, TAG)
register(check_middleware, TAG)
register(check_urls, TAG)
register(check_apps, TAG)
register(check_leftovers, TAG)
register(check_mail_server, TAG)
register(check_mails_leave, TAG, deploy=True)
register(check_mail_timeout, TAG, deploy=True)
register(check_databases, TAG)
register(check_former_tables, Tags.database)
register(check_retention, Tags.database, deploy=True)
register(check_personal_data, TAG, deploy=True)
register(check_queue, TAG, deploy=True)
register(check_local_time, TAG, deploy=True)
register(check_cache_timeouts, TAG, deploy=True)
register(check_database_timeouts, TAG, deploy=True)
register(check_required, TAG)
register(check_hosts, TAG, deploy=True)
register(check_proxies, TAG, deploy=True)
register(check_private_files, TAG)
register(check_locked_cookies, TAG)
