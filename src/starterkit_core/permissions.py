"""Permissions of DRF: a signed-in user, and one whom every access gate lets through."""

from importlib import import_module
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from rest_framework import permissions
from rest_framework.request import ForcedAuthentication, Request

from starterkit_core.errors import NotWhileImpersonating
from starterkit_core.http.exceptions import Refused
from starterkit_core.observability.context import impersonator_of
from starterkit_core.ports import access_gates


class IsSignedIn(permissions.IsAuthenticated):
    """Lets users call our endpoints whom an authenticator has found.

    With ``UNAUTHENTICATED_USER`` a project may give visitors a row of its user model.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        """Return whether there is a signed-in user."""
        is_authenticated = super().has_permission(request, view)
        return is_authenticated and view.user_if_any is not None


class HasPermission(permissions.BasePermission):
    """Lets users call an endpoint who have the permission that it names."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Ask the user, and so the backends of the project."""
        has_perm: Any = getattr(request.user, "has_perm", None)  # not every model has
        return has_perm is not None and bool(has_perm(str(view.permission)))


class IsNotImpersonated(permissions.BasePermission):
    """Refuses an administrator who acts as the signed-in user.

    Our endpoints ask for it unless they are open to impersonators; list it in a view of
    the project that only the users themselves may call.
    """

    raises = (NotWhileImpersonating,)
    """The refusal, for the API documentation."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Return True for the users themselves.

        Raises:
            Refused: an impersonator calls.
        """
        if impersonator_of(request):
            raise Refused(NotWhileImpersonating())
        return True


class PassesAccessGates(permissions.BasePermission):
    """Lets a signed-in user through unless an access gate is closed.

    A view asks for it by naming it after ``IsAuthenticated``; our endpoints do. At the
    end of ``DEFAULT_PERMISSION_CLASSES`` it guards the whole project. Then a view that
    names no permissions lets through users whom a gate would lock out for good: its
    authenticator is not one by which they can open that gate. A view that must stay
    usable while a gate is closed sets ``gated = False``.
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
        authenticator = _authenticator(request) if _is_by_default(view) else None
        if refusal := access_gates.first_refusal(request.user, endpoint, authenticator):
            raise Refused(refusal)
        return True


def _is_by_default(view: Any) -> bool:
    """Return whether the view names no permissions, so that it has the defaults."""
    # DRF imports this file along with its settings, before there is an APIView.
    defaults = import_module("rest_framework.views").APIView.permission_classes
    is_endpoint = hasattr(view, "access")  # which names them in its own way
    return getattr(view, "permission_classes", None) is defaults and not is_endpoint


def _authenticator(request: Request) -> object | None:
    """Return what signed the user in; None in tests that force it."""
    found: object = getattr(request, "successful_authenticator", None)
    return None if isinstance(found, ForcedAuthentication) else found
