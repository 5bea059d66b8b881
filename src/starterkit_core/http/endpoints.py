"""Endpoints: one view per HTTP method and URL; validate, execute, respond."""

from collections.abc import Mapping
from enum import Enum
from functools import cache, cached_property
from http import HTTPStatus
from inspect import signature
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.debug import sensitive_variables
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import (
    AuthenticationFailed,
    NotAuthenticated,
)
from rest_framework.permissions import AllowAny, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from starterkit_core import overrides
from starterkit_core.db.pagination import Page, PageRequest
from starterkit_core.errors import Busy, DomainError
from starterkit_core.http import problems
from starterkit_core.http.answers import SAFE_HEADERS, Answer
from starterkit_core.http.client import client_of, request_id_of
from starterkit_core.http.negotiation import DRF_SETTINGS, Negotiation
from starterkit_core.http.page_query import page_request_of
from starterkit_core.http.parsers import JSONParser
from starterkit_core.http.renderers import JSONRenderer
from starterkit_core.http.shared_serializers import (
    represented,
    serving,
    validated,
)
from starterkit_core.openapi.describe import EndpointSchema
from starterkit_core.permissions import IsSignedIn, PassesAccessGates
from starterkit_core.ports.authenticators import ours_first
from starterkit_core.use_cases import UseCase
from starterkit_core.utils.client import Client
from starterkit_core.utils.secrets import SecretBytes, revealed

JSON = JSONRenderer()
"""It has no state, so requests share it."""

ANY_JSON = frozenset({"*/*", "application/json"})
"""The Accept headers of most JSON clients."""


class Access(Enum):
    """Who may call an endpoint."""

    PUBLIC = "public"
    """Everybody; a credential in the request is not read."""

    OPTIONAL = "optional"
    """Everybody; a credential in the request is read, and a dead one is like none."""

    SIGNED_IN = "signed_in"
    """A signed-in user, even one whom an access gate would stop."""

    GATED = "gated"
    """A signed-in user whom every access gate lets through."""


PERMISSIONS: Mapping[Access, tuple[type[BasePermission], ...]] = {
    Access.PUBLIC: (AllowAny,),
    Access.OPTIONAL: (AllowAny,),
    Access.SIGNED_IN: (IsSignedIn,),
    Access.GATED: (IsSignedIn, PassesAccessGates),
}


class EndpointView(APIView):
    """One HTTP method of one resource: validate, execute, respond."""

    use_case: ClassVar[type[UseCase[Any, Any]]]
    """The business action; its folder is the key of the host's overrides."""

    request_class: ClassVar[type[BaseSerializer[Any]] | None] = None
    response_class: ClassVar[type[BaseSerializer[Any]] | None] = None
    success_status: ClassVar[HTTPStatus] = HTTPStatus.OK

    access: ClassVar[Access] = Access.GATED
    """Who may call it."""

    extra_permissions: ClassVar[tuple[type[BasePermission], ...]] = ()
    """DRF permissions beside ``access``; each may name its refusals in ``raises``."""

    raises: ClassVar[tuple[type[DomainError], ...]] = ()
    """Refusals of the view itself; those of the use case stand there."""

    paginated: ClassVar[bool] = False
    """Whether the answer is a page of rows, each in the shape of the response class."""

    conditional: ClassVar[bool] = False
    """Whether it answers 304 to a client that has the answer already."""

    known: ClassVar[dict[str, type["EndpointView"]]] = {}
    """The view of each endpoint folder that has been imported, by key."""

    is_endpoint: ClassVar[bool] = True
    """For authenticators, which DRF imports too early to import this class."""

    parser_classes = (JSONParser,)
    renderer_classes = (JSONRenderer,)
    throttle_classes = ()
    content_negotiation_class = Negotiation
    versioning_class = None
    metadata_class = None
    settings = DRF_SETTINGS
    schema = EndpointSchema()

    extra: Mapping[str, Any]
    """Validated fields that only the host or another module knows."""

    _dead_credential: AuthenticationFailed | None = None

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "permission_classes" in vars(cls):
            raise TypeError(
                f"{cls.__qualname__}: set access and extra_permissions; "
                "permission_classes are not asked here."
            )
        folder, _, file = cls.__module__.rpartition(".")
        use_case = getattr(cls, "use_case", None)
        if file == "views" and use_case is not None and use_case.key == folder:
            EndpointView.known[folder] = cls

    @classmethod
    def active_request(cls) -> type[BaseSerializer[Any]] | None:
        """Return the class that reads the body: ours, or the host's."""
        default = cls.request_class
        return default and overrides.active(cls.use_case.key, "request", default)

    @classmethod
    def active_response(cls) -> type[BaseSerializer[Any]] | None:
        """Return the class that writes the answer: ours, or the host's."""
        default = cls.response_class
        return default and overrides.active(cls.use_case.key, "response", default)

    @classmethod
    def documented_refusals(cls) -> tuple[type[DomainError], ...]:
        """Return the refusals of use case, view and permissions."""
        of_permissions = (
            refusal
            for permission in cls.extra_permissions
            for refusal in getattr(permission, "raises", ())
        )
        return (*cls.use_case.active().refusals(), *cls.raises, *of_permissions)

    @property
    def user(self) -> AbstractBaseUser:
        """The signed-in user.

        Raises:
            NotAuthenticated: there is no credential; answered as 401.
            AuthenticationFailed: the credential is dead; answered as 401.
        """
        if user := self.user_if_any:
            return user
        raise self._dead_credential or NotAuthenticated()

    @property
    def user_if_any(self) -> AbstractBaseUser | None:
        """The signed-in user, or None."""
        if self.request.successful_authenticator is None:
            return None
        user = self.request.user
        return user if isinstance(user, AbstractBaseUser) else None

    @cached_property
    def client(self) -> Client:
        """The program and the device that called."""
        return client_of(self.request._request)

    def validate(self, *, partial: bool = False) -> Any:
        """Return our fields of the validated body; the others are in ``extra``.

        Raises:
            ValidationError: DRF's, answered as 400 with one entry per field.
        """
        data = validated(
            self._required(self.active_request(), "request_class"),
            self.request.data,
            partial=partial,
        )
        ours = getattr(self.request_class, "_declared_fields", {})
        self.extra = {name: data[name] for name in data if name not in ours}
        return {name: data[name] for name in data if name in ours}

    def respond(
        self,
        instance: object = None,
        *,
        status: HTTPStatus | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Return ``instance`` in the shape the active response class gives it."""
        active = self.active_response()
        data = represented(active, instance) if active else None
        return self.answer(data, status or self.success_status, headers or {})

    def answer(
        self,
        data: object,
        status: int,
        headers: Mapping[str, str],
        media_type: str = "",
    ) -> Response:
        """Return ``data`` with the headers that every answer carries."""
        renderer = getattr(self.request, "accepted_renderer", None)
        headers = self.safe_headers | self.headers | dict(headers)
        if type(renderer) is not JSONRenderer:  # a host's renderer: DRF calls it later
            return Response(
                revealed(data), status, headers=headers, content_type=media_type or None
            )
        content = SecretBytes(renderer.render(data))  # it may have new tokens
        return Answer(data, content, status, headers, media_type)

    @property
    def safe_headers(self) -> dict[str, str]:
        """The headers of every answer unless the endpoint sets others."""
        return SAFE_HEADERS | {"X-Request-ID": request_id_of(self.request._request)}

    def page_request(self) -> PageRequest:
        """Return which page the query asks for.

        Raises:
            ValidationError: ``limit`` or ``count`` is not valid, or a name is repeated.
        """
        return page_request_of(self.request.query_params)

    def respond_page(self, page: Page[Any]) -> Response:
        """Return a page, each row in the shape of the active response class."""
        active = self._required(self.active_response(), "response_class")
        data: dict[str, Any] = {
            "results": [represented(active, row) for row in page.results],
            "next": page.next,
            "previous": page.previous,
        }
        data |= {} if page.count is None else {"count": page.count}
        return self.answer(data, HTTPStatus.OK, {})

    def get_authenticators(self) -> list[BaseAuthentication]:
        """Return those of the class; or the modules' and then the project's defaults.

        The defaults are read as they are now.
        """
        if self.access is Access.PUBLIC:
            return []
        classes: Any = self.authentication_classes
        if classes is APIView.authentication_classes:
            defaults: Any = api_settings.DEFAULT_AUTHENTICATION_CLASSES
            classes = ours_first(defaults)
        return [authenticator() for authenticator in classes]

    def get_permissions(self) -> list[Any]:
        """Return what ``access`` and ``extra_permissions`` ask for."""
        classes = (*PERMISSIONS[self.access], *self.extra_permissions)
        return [permission() for permission in classes]

    def perform_authentication(self, request: Request) -> None:
        """Find out who calls; with optional access a dead credential is like none."""
        if self.access is Access.PUBLIC:
            return
        try:
            super().perform_authentication(request)
        except AuthenticationFailed as failure:
            if self.access is not Access.OPTIONAL:
                raise
            self._dead_credential = failure

    @sensitive_variables()  # not by method_decorator, which wraps at each call
    def dispatch(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        """Answer; error reports show no local variable of what is called.

        The method gets the parameters of the path that it takes: the path below which
        a project includes our URLs may have others, such as a version or a tenant.
        """
        method = getattr(self, str(request.method).lower(), None)
        handler = getattr(method, "__func__", None)
        own = {name: kwargs[name] for name in kwargs if name in _parameters(handler)}
        with serving(self):
            return super().dispatch(request, *args, **own)

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:  # noqa: FBT001, FBT002  # DRF's signature
        """Choose the renderer, at once for a client that takes JSON."""
        plain = self.content_negotiation_class is Negotiation
        first = self.renderer_classes[0] if plain else None
        if first is JSONRenderer and request.META.get("HTTP_ACCEPT", "*/*") in ANY_JSON:
            return JSON, JSON.media_type
        return super().perform_content_negotiation(request, force)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Prepare the view for this request, as DRF does."""
        self.extra = {}
        super().initial(request, *args, **kwargs)

    def handle_exception(self, exc: Exception) -> Response:
        """Answer an exception as a problem document."""
        problem = problems.reported(exc, self.request)
        response = self.answer(
            problem.body(self.request._request),
            problem.status,
            problem.all_headers(self.challenge),
            problems.MEDIA_TYPE,
        )
        response.exception = True
        if isinstance(exc, Busy):
            # Django would mail each of them to the admins, as an attacker could cause.
            response._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001  # Django's own mark, without a public name
        return response

    def challenge(self) -> str:
        """Return the ``WWW-Authenticate`` header of a 401."""
        return self.get_authenticate_header(self.request) or "Bearer"

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Any:
        """Complete a response that is not an ``Answer``."""
        if isinstance(response, Answer):
            return response
        response = super().finalize_response(request, response, *args, **kwargs)
        for name, value in self.safe_headers.items():
            response.headers.setdefault(name, value)
        return response

    @property
    def default_response_headers(self) -> dict[str, str]:
        """Leave ``Allow`` to the resource, which knows every method."""
        return {"Vary": "Accept, Authorization, Cookie"}

    def _required(
        self, serializer_class: type[BaseSerializer[Any]] | None, attribute: str
    ) -> type[BaseSerializer[Any]]:
        if serializer_class is None:
            raise ImproperlyConfigured(f"{type(self).__qualname__} has no {attribute}.")
        return serializer_class


@cache
def _parameters(handler: Any) -> frozenset[str]:
    return frozenset(signature(handler).parameters if handler else ())
