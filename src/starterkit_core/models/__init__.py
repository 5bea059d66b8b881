"""What core stores, and what every model of ours is built on."""

from starterkit_core.db.base_model import BaseModel
from starterkit_core.models.audit_event import AuditEvent

__all__ = ["AuditEvent", "BaseModel"]
