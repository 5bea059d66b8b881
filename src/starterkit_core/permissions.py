"""The permission that asks every access gate."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from rest_framework import permissions
from rest_framework.request import Request

from starterkit_core.http.exceptions import Refused
from starterkit_core.ports import access_gates


class PassesAccessGates(permissions.BasePermission):
    """Lets a signed-in user through unless an access gate is closed.

    Hosts list it after ``IsAuthenticated`` in ``DEFAULT_PERMISSION_CLASSES``. A view
    that must stay usable while a gate is closed sets ``gated = False``.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        """Ask the gates in order.

        Raises:
            Refused: the first closed gate, answered as 403 with its own code.
        """
        if not isinstance(request.user, AbstractBaseUser):
            return True
        if not getattr(view, "gated", True):
            return True
        endpoint = getattr(getattr(view, "use_case", None), "key", "")
        if refusal := access_gates.first_refusal(request.user, endpoint):
            raise Refused(refusal)
        return True
