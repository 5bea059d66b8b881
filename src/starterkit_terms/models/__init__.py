"""Documents, their versions and texts, and who accepted them."""

from starterkit_terms.models.acceptance import (
    AbstractAcceptance,
    Acceptance,
    acceptances,
)
from starterkit_terms.models.document import AbstractDocument, Document, documents
from starterkit_terms.models.version import AbstractVersion, Version, versions
from starterkit_terms.models.version_text import VersionText

__all__ = [
    "AbstractAcceptance",
    "AbstractDocument",
    "AbstractVersion",
    "Acceptance",
    "Document",
    "Version",
    "VersionText",
    "acceptances",
    "documents",
    "versions",
]
