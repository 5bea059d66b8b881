from starterkit_auth.models.address import EmailAddress
from starterkit_auth.models.challenge import Challenge
from starterkit_auth.models.impersonation import Impersonation
from starterkit_auth.models.pending_registration import PendingRegistration
from starterkit_auth.models.session import (
    AbstractSession,
    Session,
    Transport,
    session_model,
)

__all__ = [
    "AbstractSession",
    "Challenge",
    "EmailAddress",
    "Impersonation",
    "PendingRegistration",
    "Session",
    "Transport",
    "session_model",
]
