"""System checks of auth: mistakes in a host's configuration, found at startup."""

from django.core.checks import Tags, register

from starterkit_auth.checks.authenticator import check_authenticator
from starterkit_auth.checks.backends import check_backends
from starterkit_auth.checks.breach_check import check_breach_source
from starterkit_auth.checks.cache import check_shared_cache
from starterkit_auth.checks.cookie import check_cookie, check_other_sites
from starterkit_auth.checks.doors import check_doors
from starterkit_auth.checks.hashes import check_hashes_at_once
from starterkit_auth.checks.rows import check_addresses, check_retention
from starterkit_auth.checks.signing_keys import check_signing_keys
from starterkit_auth.checks.user_model import check_sign_up, check_user_model

TAG = "starterkit"

register(check_signing_keys, TAG)
register(check_cookie, TAG)
register(check_other_sites, TAG)
register(check_user_model, TAG)
register(check_sign_up, TAG)
register(check_breach_source, TAG)
register(check_authenticator, TAG)
register(check_backends, TAG)
register(check_doors, TAG, deploy=True)
register(check_shared_cache, TAG, deploy=True)
register(check_hashes_at_once, TAG, deploy=True)
register(check_retention, Tags.database, deploy=True)
register(check_addresses, Tags.database, deploy=True)
