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
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from starterkit_auth.authentication import session_of
from starterkit_auth.conf import conf
from starterkit_auth.errors import StepUpRequired
from starterkit_auth.services import freshness


class StepUpMissing(PermissionDenied):
    """The refusal in a form that any exception handler answers, a host's too.

    Without ``starterkit_core.problems.exception_handler``, the body is ``detail``,
    ``code`` and the facts, each as text.
    """

    def __init__(self, refusal: StepUpRequired) -> None:
        body = {"detail": refusal.message, "code": refusal.code, **refusal.facts}
        super().__init__(detail=body, code=refusal.code)
        self.refusal = refusal


class StepUp(permissions.BasePermission):
    """Lets pass who has proven within ``max_age`` who they are, in this session.

    Refreshing is no proof, and neither is one in another session. Put it behind
    ``IsAuthenticated``.
    """

    max_age: ClassVar[timedelta | None] = None
    """How recent it must be; nothing means ``STEP_UP_MAX_AGE``."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Say whether there is such a proof.

        Raises:
            StepUpMissing: not recently, or not in a session of ours.
        """
        if not isinstance(request.user, AbstractBaseUser):
            return False
        max_age = self.max_age or conf.STEP_UP_MAX_AGE
        session = session_of(request)
        if session is None or not freshness.is_fresh(session, max_age):
            raise StepUpMissing(freshness.refusal(request.user, max_age))
        return True


def step_up(*, max_age: timedelta) -> type[StepUp]:
    """Return the permission with a ``max_age`` of its own."""
    return type("StepUp", (StepUp,), {"max_age": max_age})
