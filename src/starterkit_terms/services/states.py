"""What the acts of a user about a document come to: the state is derived in here."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from starterkit_terms.models import AbstractAcceptance, AbstractDocument, ConsentState

_CONSENT = AbstractDocument.Nature.CONSENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """The columns of a state, without user and document."""

    action: str
    number: int
    accepted_number: int
    sequence: int
    event_id: UUID
    happened_at: datetime
    expires_at: datetime | None

    def fields(self) -> dict[str, Any]:
        """Return the values by column."""
        return asdict(self)


COLUMNS = tuple(Derived.__dataclass_fields__)


def of_state(state: ConsentState) -> Derived:
    """Return the columns of a row."""
    return Derived(**{name: getattr(state, name) for name in COLUMNS})


def after(former: Derived | None, act: AbstractAcceptance) -> Derived:
    """Return what stands after ``act``, whose version and document are loaded."""
    return Derived(
        action=act.action,
        number=act.version.number,
        accepted_number=_accepted(former, act),
        sequence=act.sequence,
        event_id=act.pk,
        happened_at=act.happened_at,
        expires_at=act.expires_at,
    )


def _accepted(former: Derived | None, act: AbstractAcceptance) -> int:
    number = int(act.version.number) if act.action in act.STANDING else 0
    # A consent ends when it is refused or withdrawn. A contract does not: who refuses
    # the new version has accepted the former one nevertheless, and who accepted the
    # new one has, even if an acceptance of the former one is recorded after it.
    if former is None or act.version.document.nature == _CONSENT:
        return number
    return max(number, former.accepted_number)
