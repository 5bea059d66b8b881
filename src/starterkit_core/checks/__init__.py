"""System checks of core: mistakes in a host's configuration, found at startup."""

from django.core.checks import Tags, register

from starterkit_core.checks.cache import check_counting_cache
from starterkit_core.checks.leftovers import check_leftovers
from starterkit_core.checks.mirrors import check_mirrors
from starterkit_core.checks.moments import check_local_time
from starterkit_core.checks.overrides import check_overrides
from starterkit_core.checks.personal_data import check_personal_data
from starterkit_core.checks.queue import check_queue
from starterkit_core.checks.serializers import check_shared_serializers
from starterkit_core.checks.settings import check_settings
from starterkit_core.checks.swapped_models import check_swapped_models

TAG = "starterkit"

register(check_settings, TAG)
register(check_overrides, TAG)
register(check_shared_serializers, TAG)
register(check_counting_cache, TAG)
register(check_mirrors, TAG)
register(check_swapped_models, TAG)
register(check_leftovers, Tags.database)
register(check_personal_data, TAG, deploy=True)
register(check_queue, TAG, deploy=True)
register(check_local_time, TAG, deploy=True)
