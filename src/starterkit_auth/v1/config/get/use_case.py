from dataclasses import dataclass
from datetime import timedelta

from starterkit_auth.conf import conf
from starterkit_auth.models import Transport
from starterkit_auth.services import passwords
from starterkit_auth.services.challenge_secrets import CODE_DIGITS
from starterkit_core.use_cases import Input, UseCase


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadConfigInput(Input):
    """Empty: the answer is the same for every client."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodePolicy:
    """The codes in mails."""

    length: int
    lifetime: timedelta
    resend_after: timedelta
    """How long to wait before the same mail is asked for again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What a client must know to offer signing in."""

    transports: list[str]
    registration_mode: str
    email_verification: str
    password_min_length: int
    password_max_length: int
    code: CodePolicy
    step_up_max_age: timedelta


class ReadConfig(UseCase[ReadConfigInput, Config]):
    """Return what is enabled here; the same for every client."""

    atomic = False

    def run(self) -> Config:
        return Config(
            transports=self.transports(),
            registration_mode=conf.REGISTRATION_MODE,
            email_verification=conf.EMAIL_VERIFICATION,
            password_min_length=conf.PASSWORD_MIN_LENGTH,
            password_max_length=passwords.MAX_LENGTH,
            code=self.code_policy(),
            step_up_max_age=conf.STEP_UP_MAX_AGE,
        )

    def transports(self) -> list[str]:
        """Return the ways in which a session may travel."""
        return [*Transport.values]

    def code_policy(self) -> CodePolicy:
        """Return what there is to know about codes."""
        return CodePolicy(
            length=CODE_DIGITS,
            lifetime=conf.CODE_LIFETIME,
            resend_after=conf.RESEND_COOLDOWN,
        )
