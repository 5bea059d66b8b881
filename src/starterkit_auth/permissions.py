"""The permission that asks people to prove again who they are.

For endpoints of ours and views of the project alike::

    class ExportView(APIView):
        permission_classes = [IsAuthenticated, StepUp]  # or step_up(max_age=…)

The answer to whoever proved it too long ago is 403 ``step_up_required``.
"""

from datetime import timedelta
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from rest_framework import permissions
from rest_framework.request import Request

from starterkit_auth.conf import conf
from starterkit_auth.errors import StepUpRequired
from starterkit_auth.http.requests import session_of
from starterkit_auth.services import reauthentication
from starterkit_core.http.exceptions import Refused


class StepUp(permissions.BasePermission):
    """Lets pass who has proven within ``max_age`` who they are, in this session.

    Refreshing is no proof, and neither is one in another session. Put it behind
    ``IsAuthenticated``.
    """

    raises = (StepUpRequired,)
    """The refusal, for the API documentation."""

    max_age: ClassVar[timedelta | None] = None
    """How recent the proof must be; None means ``STEP_UP_MAX_AGE``."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Say whether there is such a proof.

        Raises:
            Refused: not recently, or not in a session of ours.
        """
        if not isinstance(request.user, AbstractBaseUser):
            return False
        max_age = self.max_age or conf.STEP_UP_MAX_AGE
        session = session_of(request)
        if session is None or not reauthentication.is_fresh(session, max_age):
            raise Refused(reauthentication.refusal(request.user, max_age))
        return True


def step_up(*, max_age: timedelta) -> type[StepUp]:
    """Return the permission with a ``max_age`` of its own."""
    return type("StepUp", (StepUp,), {"max_age": max_age})
