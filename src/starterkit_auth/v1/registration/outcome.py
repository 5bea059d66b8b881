"""The output of signing up, and of asking for the mail again."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """The same for every client, whether or not there is an account."""

    email: str
    """As sent in the request."""

    status: str = "confirmation_sent"
