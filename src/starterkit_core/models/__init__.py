"""The models of core, and the base class of every model of ours."""

from starterkit_core.db.base_model import BaseModel
from starterkit_core.models.audit_event import AuditEvent
from starterkit_core.models.kept_answer import KeptAnswer

__all__ = ["AuditEvent", "BaseModel", "KeptAnswer"]
