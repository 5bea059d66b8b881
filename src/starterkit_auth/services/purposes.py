"""The rules for each purpose of a mail with code and link, in one table.

A new purpose is a member of ``Challenge.Purpose``, a row here, a mail, and the settings
that the row names.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from starterkit_auth.conf import conf
from starterkit_auth.models import Challenge, PendingRegistration

Purpose = Challenge.Purpose

REGISTRATION = PendingRegistration.purpose
"""The purpose of a mail that confirms a registration; it names its limits, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PurposeRules:
    """Lifetime, page, endpoint and mail of one purpose; settings are given by name."""

    lifetime_setting: str
    """Setting: how long the link is valid."""

    url_setting: str
    """Setting: the page of the front end that the link opens."""

    endpoint: str
    """The path that this page sends the token to, below ``auth/v1/``."""

    mail: str
    """The dotted path of the mail with code and link."""

    @property
    def link_lifetime(self) -> timedelta:
        """How long the link is valid in this project."""
        lifetime: timedelta = getattr(conf, self.lifetime_setting)
        return lifetime

    @property
    def url(self) -> str:
        """The page that the link opens in this project; may be ``""``."""
        return str(getattr(conf, self.url_setting))


RULES: Mapping[str, PurposeRules] = {
    REGISTRATION: PurposeRules(
        lifetime_setting="LINK_LIFETIME",
        url_setting="CONFIRMATION_URL",
        endpoint="registration/confirmation/",
        mail="starterkit_auth.mails.registrations.ConfirmAddressMail",
    ),
    Purpose.PASSWORD_RESET: PurposeRules(
        lifetime_setting="RESET_LINK_LIFETIME",
        url_setting="RESET_URL",
        endpoint="password/reset/confirmation/",
        mail="starterkit_auth.mails.confirmations.ResetPasswordMail",
    ),
    Purpose.EMAIL_CHANGE: PurposeRules(
        lifetime_setting="LINK_LIFETIME",
        url_setting="EMAIL_CHANGE_URL",
        endpoint="email/change/confirmation/",
        mail="starterkit_auth.mails.confirmations.ConfirmNewAddressMail",
    ),
    Purpose.EMAIL_REVERSAL: PurposeRules(
        lifetime_setting="EMAIL_REVERSAL_LIFETIME",
        url_setting="EMAIL_REVERSAL_URL",
        endpoint="email/change/reversal/",
        mail="starterkit_auth.mails.email_changes.EmailChangedMail",
    ),
}
