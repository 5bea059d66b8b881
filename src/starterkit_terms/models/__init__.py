"""Documents, their versions and texts, and who accepted them."""

from starterkit_terms.models.acceptance import (
    AbstractAcceptance,
    Acceptance,
    acceptance_model,
)
from starterkit_terms.models.consent_state import ConsentState
from starterkit_terms.models.document import AbstractDocument, Document, document_model
from starterkit_terms.models.notice_delivery import NoticeDelivery
from starterkit_terms.models.state_mixin import TermsStateMixin
from starterkit_terms.models.version import AbstractVersion, Version, version_model
from starterkit_terms.models.version_text import VersionText
from starterkit_terms.models.visitor import Visitor

__all__ = [
    "AbstractAcceptance",
    "AbstractDocument",
    "AbstractVersion",
    "Acceptance",
    "ConsentState",
    "Document",
    "NoticeDelivery",
    "TermsStateMixin",
    "Version",
    "VersionText",
    "Visitor",
    "acceptance_model",
    "document_model",
    "version_model",
]
