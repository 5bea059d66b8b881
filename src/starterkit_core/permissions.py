"""The permission that asks every access gate."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from rest_framework import permissions
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from starterkit_core.errors import DomainError
from starterkit_core.ports import access_gates


class GateClosed(PermissionDenied):
    """A gate refused; readable by any DRF exception handler, a host's too."""

    def __init__(self, refusal: DomainError) -> None:
        super().__init__(detail=str(refusal.message), code=refusal.code)
        self.refusal = refusal


class PassesAccessGates(permissions.BasePermission):
    """Lets a signed-in person through unless something is outstanding.

    Hosts put it behind ``IsAuthenticated`` into ``DEFAULT_PERMISSION_CLASSES``. A view
    that must stay usable whatever is outstanding says ``gated = False``.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        """Ask the gates in order.

        Raises:
            GateClosed: the first refusal, answered as 403 with its own code.
        """
        if not isinstance(request.user, AbstractBaseUser):
            return True
        if not getattr(view, "gated", True):
            return True
        endpoint = getattr(getattr(view, "use_case", None), "key", "")
        if refusal := access_gates.first_refusal(request.user, endpoint):
            raise GateClosed(refusal)
        return True
