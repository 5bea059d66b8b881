"""What signing up answers, and asking for the mail again."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What everybody is told, whoever they are."""

    email: str
    """As it was sent to us."""

    status: str = "confirmation_sent"
