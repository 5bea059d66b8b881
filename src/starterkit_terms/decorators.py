"""What one view requires, besides the gate: a document, or a consent."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any, TypeVar

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from starterkit_core.errors import DomainError
from starterkit_core.http.exceptions import Refused
from starterkit_core.http.problems import plain_answer, problem_of
from starterkit_terms.errors import ConsentRequired, TermsAcceptanceRequired
from starterkit_terms.http.pages import answer_to, wants_json
from starterkit_terms.services.requirements import unmet

V = TypeVar("V")


def require_terms(*keys: str) -> Callable[[V], V]:
    """Let a view be called by users only who have accepted these documents.

    Of a document that is a consent, it must be given at this time. It decorates a
    function or a class, of Django or of DRF, above or below ``@api_view``:

    >>> @require_terms("newsletter")
    ... class IssuesView(APIView): ...
    """

    def decorate(view: Any) -> Any:
        if isinstance(view, type):
            return _decorated_class(view, keys)
        if hasattr(view, "cls"):  # made by @api_view or as_view()
            return _decorated_view_of_drf(view, keys)
        guard = _guarded_later if iscoroutinefunction(view) else _guarded
        return guard(view, keys)

    return decorate


def requires_terms(*keys: str) -> type[BasePermission]:
    """Return a permission of DRF; for ``extra_permissions`` of an ``EndpointView``."""

    class RequiresTerms(BasePermission):
        """Lets users through who have accepted the documents."""

        raises = (TermsAcceptanceRequired, ConsentRequired)

        def has_permission(self, request: Request, view: Any) -> bool:
            _check(request.user, keys)
            return isinstance(request.user, AbstractBaseUser)

    return RequiresTerms


def _check(user: Any, keys: tuple[str, ...]) -> None:
    """Raise the refusal for DRF, if there is one."""
    if isinstance(user, AbstractBaseUser) and (
        refusal := unmet(user, keys, timezone.now())
    ):
        raise Refused(refusal)


def _decorated_class(view: Any, keys: tuple[str, ...]) -> Any:
    if not hasattr(view, "permission_classes"):
        view.dispatch = _guarded_dispatch(view.dispatch, keys)
        return view
    # Our endpoints ask for what is in here; they take no permission_classes.
    name = "extra_permissions" if hasattr(view, "access") else "permission_classes"
    setattr(view, name, (*getattr(view, name), requires_terms(*keys)))
    return view


def _decorated_view_of_drf(view: Any, keys: tuple[str, ...]) -> Any:
    if hasattr(view.cls, "access"):
        raise TypeError("Decorate the class of the endpoint: its URL has several.")
    given = view.view_initkwargs  # of this view alone: others may have its class
    asked = given.get("permission_classes", view.cls.permission_classes)
    given["permission_classes"] = (*asked, requires_terms(*keys))
    return view


def _guarded_dispatch(
    dispatch: Callable[..., Any], keys: tuple[str, ...]
) -> Callable[..., Any]:
    @wraps(dispatch)
    def guarded(self: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
        # Known by now only: a class that inherits from the decorated one may be async.
        is_async = getattr(self, "view_is_async", False)
        guard = _guarded_later if is_async else _guarded
        return guard(partial(dispatch, self), keys)(request, *args, **kwargs)

    return guarded


def _guarded(view: Callable[..., Any], keys: tuple[str, ...]) -> Callable[..., Any]:
    @wraps(view)
    def guarded(request: Any, *args: Any, **kwargs: Any) -> Any:
        return _answer(request, keys) or view(request, *args, **kwargs)

    return guarded


def _guarded_later(
    view: Callable[..., Any], keys: tuple[str, ...]
) -> Callable[..., Any]:
    @wraps(view)
    async def guarded(request: Any, *args: Any, **kwargs: Any) -> Any:
        answer = await sync_to_async(_answer)(request, keys)
        return answer or await view(request, *args, **kwargs)

    return guarded


def _answer(
    request: HttpRequest | Request, keys: tuple[str, ...]
) -> HttpResponseBase | None:
    """Return the answer to a user who lacks a document, or None."""
    user: Any = request.user
    if isinstance(request, Request):  # below @api_view
        if not isinstance(user, AbstractBaseUser):
            raise NotAuthenticated
        _check(user, keys)
        return None
    if not isinstance(user, AbstractBaseUser):
        return _to_sign_in(request)
    refusal: DomainError | None = unmet(user, keys, timezone.now())
    return answer_to(request, refusal) if refusal else None


def _to_sign_in(request: HttpRequest) -> HttpResponseBase:
    if wants_json(request):
        return plain_answer(problem_of(NotAuthenticated()), request)
    return redirect_to_login(request.get_full_path())
