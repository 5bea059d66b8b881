"""The permission that requires a recent proof of identity ("step-up").

For endpoints of this module and views of the project alike::

    class ExportView(APIView):
        permission_classes = [IsAuthenticated, StepUp]  # or step_up(max_age=…)

Without a recent proof the answer is 403 ``step_up_required``; for a user who is signed
in by other means than a session of this app, 403 ``session_required``.
"""

from datetime import timedelta
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from rest_framework import permissions
from rest_framework.request import ForcedAuthentication, Request

from starterkit_auth.conf import conf
from starterkit_auth.errors import SessionRequired, StepUpRequired
from starterkit_auth.http.requests import session_of
from starterkit_auth.services import reauthentication
from starterkit_core.http.exceptions import Refused
from starterkit_core.ports import recent_proof


class StepUp(permissions.BasePermission):
    """Requires that the user proved their identity in this session within ``max_age``.

    Refreshing tokens is no proof, and a proof in another session does not count. List
    it after ``IsAuthenticated``.
    """

    raises = (StepUpRequired, SessionRequired)
    """The errors, for the API documentation."""

    max_age: ClassVar[timedelta | None] = None
    """Maximum age of the proof; None means ``STEP_UP_MAX_AGE``."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Return whether there is such a proof; False if no user is signed in.

        Raises:
            Refused: the proof is too old, or the request has no session of this app.
        """
        if not isinstance(request.user, AbstractBaseUser):
            return False
        max_age = self.max_age or conf.STEP_UP_MAX_AGE
        session = session_of(request)
        if session is None:
            raise Refused(SessionRequired())
        if not reauthentication.is_fresh(session, max_age):
            raise Refused(reauthentication.refusal(request.user, max_age))
        return True


class RecentProof(StepUp):
    """``StepUp`` for ``EndpointView.recent_proof``."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Return the same as ``StepUp``, and True where a test forces the user.

        Raises:
            Refused: the proof is too old, or the request has no session of this app.
        """
        found = request.successful_authenticator
        is_forced = isinstance(found, ForcedAuthentication)
        return is_forced or super().has_permission(request, view)


def step_up(*, max_age: timedelta) -> type[StepUp]:
    """Return the permission with a ``max_age`` of its own."""
    return type("StepUp", (StepUp,), {"max_age": max_age})


def register() -> None:
    """Let endpoints of every module ask by ``recent_proof = True``."""
    recent_proof.register(RecentProof)
