"""The output of signing up, and of asking for the mail again."""

from dataclasses import dataclass, field

from starterkit_core.utils.secrets import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """The same for every client, whether or not there is an account."""

    registration_token: Secret = field(repr=False)
    """Belongs to one sign-up; needed with the code or the link of its mail."""

    status: str = "confirmation_sent"
