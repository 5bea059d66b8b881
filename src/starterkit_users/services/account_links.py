"""The links in mails that delete an account, or keep it, signed and used once.

A link holds the id of the account and a keyed digest of its state: whatever changes the
state, the password or the address, such as the first use, makes the link void. It is
not saved anywhere (cf. Django's ``PasswordResetTokenGenerator``).
"""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth import get_user_model
from django.core import signing
from django.urls import NoReverseMatch, reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from starterkit_core.utils.secrets import Secret
from starterkit_users.conf import conf
from starterkit_users.services import lifecycle, user_rows

DELETION = "starterkit_users.deletion"
RESTORATION = "starterkit_users.restoration"


def has_pages() -> bool:
    """Return whether the project has the HTML pages."""
    return bool(conf.PAGES_URL) and bool(_path("deletion"))


def deletion_link(user: Any) -> Secret:
    """Return the URL of the page that deletes the account, or ``""``."""
    return _link(user, DELETION, "deletion-confirmation")


def restoration_link(user: Any) -> Secret:
    """Return the URL of the page that keeps the account, or ``""``."""
    return _link(user, RESTORATION, "restoration")


def user_to_delete(token: str) -> Any:
    """Return the user whom this token deletes, or None if it is void."""
    return _user_of(token, DELETION, conf.DELETION_LINK_LIFETIME)


def user_to_restore(token: str) -> Any:
    """Return the user whom this token keeps, or None if it is void."""
    return _user_of(token, RESTORATION, conf.DELETION_GRACE)


def _link(user: Any, purpose: str, page: str) -> Secret:
    if not has_pages():
        return Secret()
    token = signing.dumps([str(user.pk), _digest(user, purpose)], salt=purpose)
    base = conf.PAGES_URL.rstrip("/")
    return Secret(f"{base}{_path(page)}?{urlencode({'token': token})}")


def _user_of(token: str, purpose: str, lifetime: timedelta) -> Any:
    try:
        found = signing.loads(token, salt=purpose, max_age=lifetime)
    except signing.BadSignature:
        return None
    user = user_rows.find(found[0])
    if user is None or not constant_time_compare(found[1], _digest(user, purpose)):
        return None
    return user


def _digest(user: Any, purpose: str) -> str:
    """Return what changes with the state, the password or the address."""
    address = getattr(user, get_user_model().get_email_field_name(), "")
    since = getattr(user, "status_since", "")
    status = lifecycle.status_of(user)
    value = "\n".join(map(str, (user.pk, status, since, user.password, address)))
    return salted_hmac(purpose, value, algorithm="sha256").hexdigest()


def _path(page: str) -> str:
    try:
        return reverse(f"starterkit_users:account-{page}")
    except NoReverseMatch:
        return ""
