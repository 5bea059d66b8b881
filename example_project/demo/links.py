"""The pages that links in mails open, as long as there is no front end for them.

Each sends the token from its link by POST, as the guide of the API says.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkPage:
    """What a page is for, and what it asks besides the token."""

    title: str | Promise
    done: str | Promise
    endpoint: str
    """The name of the URL that takes the token."""

    password: str = ""
    """The field of the request that has a password; ``""`` if there is none."""

    password_label: str | Promise = ""
    is_new: bool = False
    """Whether the password is chosen here."""

    opens_session: bool = False
    asks_terms: bool = False
    """Whether the terms have to be accepted, as in a sign-up."""


PAGES: Mapping[str, LinkPage] = {
    "confirm": LinkPage(
        title=_("Confirm your e-mail address"),
        done=_("Your address is confirmed, and you are signed in to the API."),
        endpoint="starterkit_auth:registration-confirmation",
        password="password",  # noqa: S106  # a name
        password_label=_("The password that you signed up with"),
        opens_session=True,
    ),
    "reset-password": LinkPage(
        title=_("Choose a new password"),
        done=_("You have a new password. Sign in with it."),
        endpoint="starterkit_auth:password-reset-confirmation",
        password="new_password",  # noqa: S106  # a name
        password_label=_("New password"),
        is_new=True,
    ),
    "change-email": LinkPage(
        title=_("Confirm your new e-mail address"),
        done=_("Your new address is confirmed."),
        endpoint="starterkit_auth:email-change-confirmation",
    ),
    "undo-email-change": LinkPage(
        title=_("Restore your former e-mail address"),
        done=_("Your former address is yours again."),
        endpoint="starterkit_auth:email-change-reversal",
    ),
    "invitation": LinkPage(
        title=_("Accept the invitation"),
        done=_("Your account is open. Sign in with your password."),
        endpoint="starterkit_users:invitations-acceptance",
        password="password",  # noqa: S106  # a name
        password_label=_("A password of your own"),
        is_new=True,
        asks_terms=True,
    ),
}
"""By their path, which is that of ``CONFIRMATION_URL`` and its like."""
