"""Documents in Django's administration.

Registered for the models in force, ours or those that the host swapped in, unless the
host's own ``admin`` module registers another class for them.
"""

from starterkit_core.admin import added_fields, register_active
from starterkit_terms.admin.acceptances import AcceptanceAdmin
from starterkit_terms.admin.documents import DocumentAdmin
from starterkit_terms.admin.texts import VersionTextInline
from starterkit_terms.admin.versions import VersionAdmin
from starterkit_terms.models import (
    AbstractVersion,
    acceptance_model,
    document_model,
    version_model,
)

__all__ = [
    "AcceptanceAdmin",
    "DocumentAdmin",
    "VersionAdmin",
    "VersionTextInline",
    "register",
]


def register() -> None:
    """Register the administration of the models in force."""
    added = added_fields(version_model(), AbstractVersion)
    fields = (*VersionAdmin.fields, *added)
    register_active(document_model(), DocumentAdmin)
    register_active(version_model(), VersionAdmin, fields=fields)
    register_active(acceptance_model(), AcceptanceAdmin)
