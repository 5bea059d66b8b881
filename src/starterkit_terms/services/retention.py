"""Which acts may be deleted: those of erased users, once their retention has ended.

As long as an account lives, all of its acts stay: what stands is derived from them.
"""

from django.utils import timezone

from starterkit_core.db.databases import rows_of
from starterkit_core.db.expired import Expired
from starterkit_terms.conf import conf
from starterkit_terms.models import acceptance_model


def expired_evidence() -> Expired:
    """Return the acts whose user was removed longer ago than ``EVIDENCE_RETENTION``."""
    since = timezone.now() - conf.EVIDENCE_RETENTION
    # There is an index that begins with the user: acts of accounts are not looked at.
    erased = rows_of(acceptance_model()).filter(user=None)
    return Expired("evidence", erased.filter(updated_at__lte=since), erased)
