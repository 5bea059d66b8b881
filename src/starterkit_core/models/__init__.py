"""What core stores, and what every model of ours is built on."""

from starterkit_core.models.audit_event import AuditEvent
from starterkit_core.models.base import BaseModel

__all__ = ["AuditEvent", "BaseModel"]
