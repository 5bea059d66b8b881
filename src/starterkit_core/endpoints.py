"""Endpoints: one view per HTTP method and URL; validate, execute, respond."""

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from functools import cached_property
from http import HTTPStatus
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.signals import setting_changed
from django.db import connections, transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.debug import sensitive_variables
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import (
    MethodNotAllowed,
    NotAuthenticated,
    ValidationError,
)
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from starterkit_core import overrides, problems
from starterkit_core.answers import SAFE_HEADERS, Answer
from starterkit_core.errors import DomainError
from starterkit_core.openapi import EndpointSchema
from starterkit_core.pagination import Page, PageRequest
from starterkit_core.parsers import JSONParser
from starterkit_core.permissions import PassesAccessGates
from starterkit_core.ports.client import Client, request_id_of
from starterkit_core.renderers import JSONRenderer
from starterkit_core.use_cases import UseCase

JSON = JSONRenderer()
"""It has no state, so requests share it."""

ANY_JSON = frozenset({"*/*", "application/json"})
"""What clients say who take JSON, most of them."""

_current: ContextVar["EndpointView"] = ContextVar("starterkit_endpoint")


class _LiveContext(dict[str, Any]):
    """The context of a shared serializer: request and view of whoever asks."""

    def __missing__(self, key: str) -> Any:
        if key not in {"request", "view"}:
            raise KeyError(key)
        view = _current.get()
        return view.request if key == "request" else view

    def get(self, key: str, default: Any = None) -> Any:
        try:
            return self[key]
        except LookupError:
            return default


_shared: dict[tuple[type[BaseSerializer[Any]], bool], BaseSerializer[Any]] = {}


def shared(
    serializer_class: type[BaseSerializer[Any]], *, partial: bool = False
) -> BaseSerializer[Any]:
    """Return the one instance of a serializer class that all requests use.

    Copying the declared fields for each request is what makes serializers slow. A
    class whose fields depend on the request says ``per_request = True``.
    """
    if getattr(serializer_class, "per_request", False):
        return serializer_class(partial=partial, context=_LiveContext())
    key = (serializer_class, partial)
    if key not in _shared:
        _shared[key] = serializer_class(partial=partial, context=_LiveContext())
    return _shared[key]


def forget_shared(**kwargs: Any) -> None:
    """Build shared serializers anew: settings or requirements have changed."""
    _shared.clear()


setting_changed.connect(forget_shared, dispatch_uid="starterkit_core.forget_shared")


class PageQuery(serializers.Serializer[Any]):
    """The query of a list."""

    cursor = serializers.CharField(default="", allow_blank=True)
    limit = serializers.IntegerField(default=20, min_value=1, max_value=100)
    count = serializers.ChoiceField(["exact", "estimate"], default="")


class EndpointView(APIView):
    """One HTTP method of one resource: validate, execute, respond.

    Closed unless the endpoint says otherwise: without ``permission_classes`` of its
    own it asks for a signed-in user whom every access gate lets through.
    """

    use_case: ClassVar[type[UseCase[Any, Any]]]
    """The business action; its folder is the key of the host's overrides."""

    request_class: ClassVar[type[BaseSerializer[Any]] | None] = None
    response_class: ClassVar[type[BaseSerializer[Any]] | None] = None
    success_status: ClassVar[HTTPStatus] = HTTPStatus.OK

    gated: ClassVar[bool] = True
    """Whether access gates apply; False where a person must get through."""

    paginated: ClassVar[bool] = False
    """Whether the answer is a page of rows, each in the shape of the response class."""

    conditional: ClassVar[bool] = False
    """Whether it answers 304 to a caller who has the answer already."""

    known: ClassVar[dict[str, type["EndpointView"]]] = {}
    """The view of each endpoint folder that has been imported, by key."""

    permission_classes: Any = (IsAuthenticated, PassesAccessGates)
    parser_classes = (JSONParser,)
    renderer_classes = (JSONRenderer,)
    throttle_classes = ()
    content_negotiation_class = DefaultContentNegotiation
    versioning_class = None
    schema = EndpointSchema()

    extra: Mapping[str, Any]
    """Validated fields that only the host or another module knows."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        folder, found, _ = cls.__module__.rpartition(".views")
        if found and getattr(cls, "use_case", None) and cls.use_case.key == folder:
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
        """Return what the active use case can refuse with."""
        return cls.use_case.active().raises

    @property
    def user(self) -> AbstractBaseUser:
        """The signed-in user.

        Raises:
            NotAuthenticated: nobody is signed in; answered as 401.
        """
        if not isinstance(self.request.user, AbstractBaseUser):
            raise NotAuthenticated
        return self.request.user

    @cached_property
    def client(self) -> Client:
        """The program and the device that called."""
        return Client.of(self.request._request)  # noqa: SLF001

    def validate(self, *, partial: bool = False) -> Any:
        """Return our fields of the validated body; the others are in ``extra``.

        Raises:
            ValidationError: DRF's, answered as 400 with one entry per field.
        """
        active = self.active_request()
        assert active is not None, f"{type(self).__name__} has no request_class"  # noqa: S101
        data = shared(active, partial=partial).run_validation(self.request.data)
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
        data = shared(active).to_representation(instance) if active else None
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
        if type(renderer) is not JSONRenderer:  # then DRF knows what to do
            return Response(
                data, status, headers=headers, content_type=media_type or None
            )
        return Answer(data, renderer.render(data), status, headers, media_type)

    @property
    def safe_headers(self) -> dict[str, str]:
        """What every answer carries unless the endpoint says otherwise."""
        return SAFE_HEADERS | {"X-Request-ID": request_id_of(self.request._request)}  # noqa: SLF001

    def page_request(self) -> PageRequest:
        """Return which page the query asks for.

        Raises:
            ValidationError: ``limit`` or ``count`` is not what it can be.
        """
        query = self.request.query_params
        if repeated := [name for name in query if len(query.getlist(name)) > 1]:
            raise ValidationError(dict.fromkeys(repeated, "Say it once."), "repeated")
        return PageRequest(**shared(PageQuery).run_validation(query.dict()))

    def respond_page(self, page: Page[Any]) -> Response:
        """Return a page, each row in the shape of the active response class."""
        active = self.active_response()
        assert active is not None, f"{type(self).__name__} has no response_class"  # noqa: S101
        represent = shared(active).to_representation
        data: dict[str, Any] = {
            "results": [represent(row) for row in page.results],
            "next": page.next,
            "previous": page.previous,
        }
        data |= {} if page.count is None else {"count": page.count}
        return self.answer(data, HTTPStatus.OK, {})

    def get_authenticators(self) -> list[BaseAuthentication]:
        """Return those of the class, or the project's defaults as they are now."""
        classes: Any = self.authentication_classes
        if classes is APIView.authentication_classes:
            classes = api_settings.DEFAULT_AUTHENTICATION_CLASSES
        return [authenticator() for authenticator in classes]

    @sensitive_variables()  # not by method_decorator, which wraps at each call
    def dispatch(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        """Answer; reports of errors show no local variable of what is called."""
        return super().dispatch(request, *args, **kwargs)

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:  # noqa: FBT001, FBT002  # DRF's signature
        """Choose the renderer; without the detour for clients that take JSON."""
        plain = self.content_negotiation_class is DefaultContentNegotiation
        first = self.renderer_classes[0] if plain else None
        if first is JSONRenderer and request.META.get("HTTP_ACCEPT", "*/*") in ANY_JSON:
            return JSON, JSON.media_type
        return super().perform_content_negotiation(request, force)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Make this view the one that shared serializers ask for their context."""
        self.extra = {}
        _current.set(self)
        super().initial(request, *args, **kwargs)

    def handle_exception(self, exc: Exception) -> Response:
        """Answer whatever went wrong as a problem document."""
        problem = problems.reported(exc, self.request)
        response = self.answer(
            problem.body(self.request._request),  # noqa: SLF001
            problem.status,
            problem.all_headers(self.challenge),
            problems.MEDIA_TYPE,
        )
        response.exception = True
        return response

    def challenge(self) -> str:
        """Return what a 401 says about how to sign in."""
        return self.get_authenticate_header(self.request) or "Bearer"

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Any:
        """Complete a response that is none of ours."""
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


class ResourceView(EndpointView):
    """One URL: speaks for its endpoints, and answers the methods none of them has."""

    endpoints: ClassVar[Mapping[str, type[EndpointView]]] = {}

    authentication_classes = ()
    permission_classes = ()

    @property
    def allowed_methods(self) -> list[str]:
        """The methods that the endpoints of this URL serve."""
        return [method.upper() for method in self.endpoints]

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """Say which methods there are."""
        allow = ", ".join([*self.allowed_methods, "OPTIONS"])
        return Response(status=HTTPStatus.NO_CONTENT, headers={"Allow": allow})

    def http_method_not_allowed(
        self, request: Any, *args: Any, **kwargs: Any
    ) -> Response:
        """Refuse, and say which methods there are (RFC 9110, section 15.5.6)."""
        refusal = self.handle_exception(MethodNotAllowed(str(request.method)))
        refusal.headers["Allow"] = ", ".join([*self.allowed_methods, "OPTIONS"])
        return refusal


def resource(**endpoints: type[EndpointView]) -> Callable[..., HttpResponseBase]:
    """Gather the endpoints of one URL, keyed by the HTTP method each one serves.

    >>> path("profile/", resource(get=ReadProfileView, patch=UpdateProfileView))
    """
    views = {method.upper(): view.as_view() for method, view in endpoints.items()}
    views |= {"HEAD": views["GET"]} if "GET" in views else {}
    speaker = _speaker_of(endpoints)
    refuse = speaker.as_view()

    def serve(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return views.get(str(request.method), refuse)(request, *args, **kwargs)

    vars(serve).update(cls=speaker, initkwargs={}, csrf_exempt=True)
    for alias in connections:
        # A refusal must not undo what has to survive it, such as a counted failure.
        transaction.non_atomic_requests(alias)(serve)
    return serve


def _speaker_of(endpoints: Mapping[str, type[EndpointView]]) -> type[ResourceView]:
    """Make the view that drf-spectacular sees: it has every method of the URL."""
    handlers = {method: getattr(view, method) for method, view in endpoints.items()}
    return type("Resource", (ResourceView,), {"endpoints": endpoints, **handlers})
