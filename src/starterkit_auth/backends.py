"""The limits of sign-in at every door of Django that checks a password.

Name ``LimitedBackend`` in ``AUTHENTICATION_BACKENDS`` instead of Django's
``ModelBackend``. Then the Django admin, the login of DRF's browsable API, every
``LoginView``, DRF's ``BasicAuthentication`` and your own calls of ``authenticate()``
have the limits and the audit events of the API's sign-in.
"""

from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.signals import user_logged_in
from django.core.exceptions import PermissionDenied

from starterkit_auth.errors import InvalidCredentials
from starterkit_auth.http import transports
from starterkit_auth.services import password_check, sign_in_limits, usernames
from starterkit_auth.services.backends import as_sign_in, is_counted
from starterkit_auth.use_cases.check_credentials import (
    CheckCredentials,
    CheckCredentialsInput,
)
from starterkit_core.errors import DomainError
from starterkit_core.http.client import client_of
from starterkit_core.services import audit
from starterkit_core.utils.client import NO_CLIENT, Client
from starterkit_core.utils.secrets import Secret

REFUSAL = "starterkit_auth_refusal"
"""The attribute of a request by which a form learns why no backend was asked."""

REFUSED = "starterkit_auth_refused"
"""The attribute of a request with the name whose password was wrong here."""

CHECKED = "starterkit_auth_checked"
"""The attribute of a user whose password ``LimitedBackend`` has just checked."""


class LimitedBackend(ModelBackend):
    """Django's ``ModelBackend`` with the limits and audit events of the API.

    List it before the backends of directories. Beyond a limit, or while the cache that
    counts is down, none of them is asked either. If one accepts a user whom this one
    refused, signing in to a session of Django gives the attempt back.
    """

    @as_sign_in
    def authenticate(
        self,
        request: Any,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> Any:
        """Return the user with this name and password, or None.

        Raises:
            PermissionDenied: too many attempts, or they cannot be counted; or the
                user has the right password, and a gate keeps them from pages.
        """
        name = kwargs.get(get_user_model().USERNAME_FIELD, username)
        if name is None or password is None:
            return None
        if is_counted():  # by our own sign-in, which asks a subclass of this
            return self._judge(name, password)
        try:
            user = CheckCredentials.execute(self._input(request, name, password))
        except InvalidCredentials:
            _remember(request, REFUSED, name)
            return None
        except DomainError as refusal:
            _remember(request, REFUSAL, refusal)
            raise PermissionDenied from refusal
        setattr(user, CHECKED, True)
        return user

    async def aauthenticate(
        self,
        request: Any,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> Any:
        """Do the same in a thread: Django's own would count no attempt."""
        check = sync_to_async(self.authenticate)
        return await check(request, username=username, password=password, **kwargs)

    def _judge(self, username: str, password: str) -> Any:
        user: Any = usernames.find(username)
        is_right = password_check.is_password_of(user, password)
        return user if is_right and self.user_can_authenticate(user) else None

    def _input(
        self, request: Any, username: str, password: str
    ) -> CheckCredentialsInput:
        may_sign_in: Any = self.user_can_authenticate
        return CheckCredentialsInput(
            username=username,
            password=Secret(password),
            client=_client_of(request),
            proofs=transports.proofs(request) if hasattr(request, "META") else (),
            may_sign_in=may_sign_in,
        )


def refusal_of(request: Any) -> DomainError | None:
    """Return why no backend was asked for ``request``, or None."""
    refusal: DomainError | None = getattr(request, REFUSAL, None)
    return refusal


def connect() -> None:
    """Connect ``record_sign_in`` to Django's ``user_logged_in``."""
    user_logged_in.connect(record_sign_in, dispatch_uid="starterkit_auth.door")


def record_sign_in(sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
    """Record that a user has signed in to Django whom ``LimitedBackend`` was asked for.

    Signing in to the API sends the same signal, and has recorded its own event.
    """
    was_accepted_here = vars(user).pop(CHECKED, False)
    refused: Any = getattr(request, REFUSED, None)
    if not was_accepted_here and refused is None:
        return
    if not was_accepted_here:  # but by a later backend
        sign_in_limits.succeed(usernames.limit_key(user, refused))
    client = _client_of(request)
    facts = {"method": "password", "door": "django"}
    audit.record("auth.signed_in", actor=user, subject=user, client=client, facts=facts)


def _client_of(request: Any) -> Client:
    """Return the client; backends may be asked without a request."""
    return client_of(request) if hasattr(request, "META") else NO_CLIENT


def _remember(request: Any, name: str, value: Any) -> None:
    if request is not None:
        setattr(request, name, value)
