from dataclasses import dataclass
from datetime import timedelta

from starterkit_auth.conf import conf
from starterkit_auth.models import Transport
from starterkit_auth.services.challenge_secrets import CODE_DIGITS
from starterkit_core.ports.passwords import LONGEST_PASSWORD
from starterkit_core.use_cases import Input, UseCase


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadConfigInput(Input):
    """Empty: the response is the same for every client."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodePolicy:
    """The codes in mails."""

    length: int
    lifetime: timedelta
    resend_after: timedelta
    """How long to wait before the mail is requested again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What a client must know to build its sign-in forms."""

    transports: list[str]
    registration_mode: str
    email_verification: str
    password_min_length: int
    password_max_length: int
    code: CodePolicy
    step_up_max_age: timedelta


class ReadConfig(UseCase[ReadConfigInput, Config]):
    """Return the settings that clients need; the same for every client."""

    atomic = False

    def run(self) -> Config:
        return Config(
            transports=self.transports(),
            registration_mode=conf.REGISTRATION_MODE,
            email_verification=conf.EMAIL_VERIFICATION,
            password_min_length=conf.PASSWORD_MIN_LENGTH,
            password_max_length=LONGEST_PASSWORD,
            code=self.code_policy(),
            step_up_max_age=conf.STEP_UP_MAX_AGE,
        )

    def transports(self) -> list[str]:
        """Return the transports that sessions can use."""
        return [*Transport.values]

    def code_policy(self) -> CodePolicy:
        """Return length, lifetime and cooldown of codes."""
        return CodePolicy(
            length=CODE_DIGITS,
            lifetime=conf.CODE_LIFETIME,
            resend_after=conf.RESEND_COOLDOWN,
        )
