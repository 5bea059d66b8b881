"""Endpoints: one view per HTTP method and URL; validate, execute, respond."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import cache, cached_property, partial
from http import HTTPStatus
from inspect import signature
from io import BytesIO
from typing import Any, ClassVar, cast

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import get_language, get_language_from_path
from django.views.decorators.debug import sensitive_variables
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated
from rest_framework.parsers import BaseParser
from rest_framework.permissions import AllowAny, BasePermission
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from starterkit_core import overrides
from starterkit_core.db.pagination import Page, PageRequest
from starterkit_core.errors import Busy, DomainError, PreconditionFailed
from starterkit_core.http import idempotency, preconditions, problems
from starterkit_core.http.access import Access as Access  # noqa: PLC0414  # hosts import it from here
from starterkit_core.http.answers import SAFE_HEADERS, Answer
from starterkit_core.http.client import client_of, request_id_of
from starterkit_core.http.exceptions import LengthRequired
from starterkit_core.http.heads import has_no_length
from starterkit_core.http.idempotency import IdempotencyKey, OneAnswer
from starterkit_core.http.negotiation import DRF_SETTINGS, Negotiation
from starterkit_core.http.page_query import filters_of, page_request_of
from starterkit_core.http.parsers import JSONParser
from starterkit_core.http.preconditions import Preconditions
from starterkit_core.http.renderers import JSONRenderer
from starterkit_core.http.shared_serializers import (
    represented,
    represented_rows,
    serving,
    validated,
)
from starterkit_core.observability import sentry
from starterkit_core.openapi.describe import EndpointSchema
from starterkit_core.permissions import (
    HasPermission,
    IsNotImpersonated,
    IsSignedIn,
    PassesAccessGates,
)
from starterkit_core.ports import impersonation, recent_proof
from starterkit_core.ports.authenticators import ours_first
from starterkit_core.use_cases import UseCase
from starterkit_core.utils.client import Client
from starterkit_core.utils.locales import language_of, speaking, time_zone_of
from starterkit_core.utils.secrets import SecretBytes, revealed

JSON = JSONRenderer()
"""It has no state, so requests share it."""

ANY_JSON = frozenset({"*/*", "application/json"})
"""The Accept headers of most JSON clients."""

WRITING = frozenset({"post", "put", "patch", "delete"})
"""The methods that may take an idempotency key."""


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

    response_alternative: ClassVar[str] = ""
    """The only one of the response's ``alternatives`` that it answers; "" for any."""

    repeated_status: ClassVar[HTTPStatus | None] = None
    """The status, if it is another one, of a success that has changed nothing."""

    access: ClassVar[Access] = Access.GATED
    """Who may call it."""

    permission: ClassVar[str] = ""
    """The permission of Django that the user needs, such as ``shop.view_order``."""

    recent_proof: ClassVar[bool | None] = False
    """Whether the user must just have proven who they are, if a module can ask.

    None: only for some changes. The view gives ``self.require_recent_proof`` to its use
    case, which calls it before those.
    """

    while_impersonated: ClassVar[bool | None] = None
    """Whether an administrator who acts as the user may call it.

    None, the default, lets impersonators read and refuses whatever writes.
    """

    extra_permissions: ClassVar[tuple[type[BasePermission], ...]] = ()
    """DRF permissions beside ``access``; each may name its refusals in ``raises``."""

    raises: ClassVar[tuple[type[DomainError], ...]] = ()
    """Refusals of the view itself; those of the use case stand there."""

    paginated: ClassVar[bool] = False
    """Whether the answer is a page of rows, each in the shape of the response class."""

    filter_class: ClassVar[type[BaseSerializer[Any]] | None] = None
    """What the query of a list may filter by; any other name in it is refused."""

    conditional: ClassVar[bool] = False
    """Whether answers have an ``ETag`` that clients may send back.

    GET answers 304 to a client that has the answer already. An endpoint that writes
    passes ``self.precondition`` to its use case, which gives it the locked row.
    """

    volatile: ClassVar[tuple[str, ...]] = ()
    """Members of the answer that change by themselves; ``If-Match`` ignores them."""

    reader: ClassVar[type["EndpointView"] | None] = None
    """The GET of this URL, whose answer the tags are made of; set by ``resource()``."""

    idempotency_key: ClassVar[IdempotencyKey] = IdempotencyKey.IGNORED
    """Whether it keeps its answer for retries with the same ``Idempotency-Key``."""

    known: ClassVar[dict[str, type["EndpointView"]]] = {}
    """The view of each endpoint folder that has been imported, by key."""

    is_endpoint: ClassVar[bool] = True
    """For authenticators, which DRF imports too early to import this class."""

    parser_classes: Sequence[type[BaseParser]] = (JSONParser,)
    renderer_classes: tuple[type[BaseRenderer], ...] = (JSONRenderer,)
    throttle_classes = ()
    content_negotiation_class = Negotiation
    versioning_class = None
    metadata_class = None
    settings = DRF_SETTINGS
    schema = EndpointSchema()

    extra: Mapping[str, Any]
    """Validated fields that only the host or another module knows."""

    _dead_credential: AuthenticationFailed | None = None
    _one_answer: OneAnswer | None = None
    _spoken: ExitStack | None = None

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "permission_classes" in vars(cls):
            raise TypeError(
                f"{cls.__qualname__}: set access and extra_permissions; "
                "permission_classes are not asked here."
            )
        if cls._keeps_answers_without_a_user():
            raise TypeError(
                f"{cls.__qualname__}: an idempotency key belongs to a user; set access "
                "to Access.SIGNED_IN or Access.GATED."
            )
        folder, _, file = cls.__module__.rpartition(".")
        use_case = getattr(cls, "use_case", None)
        if file == "views" and use_case is not None and use_case.key == folder:
            EndpointView.known[folder] = cls

    @classmethod
    def _keeps_answers_without_a_user(cls) -> bool:
        keeps = cls.idempotency_key is not IdempotencyKey.IGNORED
        return keeps and cls.access in {Access.PUBLIC, Access.OPTIONAL}

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
        """Return the refusals of use case, view, permissions and idempotency key."""
        of_permissions = (
            refusal
            for permission in (*cls._further_permissions(), *cls._later_permissions())
            for refusal in getattr(permission, "raises", ())
        )
        of_use_case = cls.use_case.active().refusals()
        of_key = idempotency.refusals(cls.idempotency_key)
        of_tags = (PreconditionFailed,) if cls.conditional else ()
        return (*of_use_case, *cls.raises, *of_permissions, *of_key, *of_tags)

    @classmethod
    def documented_examples(cls) -> Sequence[Any]:
        """Return examples that depend on the project; ``docs.py`` has the others."""
        return ()

    @classmethod
    def is_available(cls) -> bool:
        """Return whether this project has the endpoint; if not, its URL is absent.

        Asked once, when the URLs are read: all modules have registered by then. So it
        may depend on a port, an extra or the user model, but on nothing that changes.
        """
        return True

    @classmethod
    def _further_permissions(cls) -> tuple[type[BasePermission], ...]:
        refuses = () if cls.is_open_to_impersonators() else (IsNotImpersonated,)
        named = (HasPermission,) if cls.permission else ()
        proof = recent_proof.permissions() if cls.recent_proof else ()
        return (*refuses, *named, *proof, *cls.extra_permissions)

    @classmethod
    def _later_permissions(cls) -> tuple[type[BasePermission], ...]:
        """Return what ``require_recent_proof`` asks; none if that is not called."""
        if cls.recent_proof is not None:
            return ()
        may_act = impersonation.available() and cls.is_open_to_impersonators()
        own = (IsNotImpersonated,) if may_act else ()
        return (*own, *recent_proof.permissions())

    @classmethod
    def is_open_to_impersonators(cls) -> bool:
        """Return whether an administrator who acts as the user may call it.

        Without a credential there is no impersonator, so public endpoints are open.
        """
        if cls.access is Access.PUBLIC or not impersonation.available():
            return True
        writes = any(hasattr(cls, method) for method in WRITING)
        return not writes if cls.while_impersonated is None else cls.while_impersonated

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

    @property
    def is_anonymous(self) -> bool:
        """Whether no credential was sent, not even a dead one."""
        return self.user_if_any is None and self._dead_credential is None

    @cached_property
    def client(self) -> Client:
        """The program and the device that called."""
        return client_of(self.request._request)

    def require_recent_proof(self) -> None:
        """Refuse a caller who is not the user, or has not just proven who they are.

        For endpoints whose ``recent_proof`` is None. Without a module that can ask,
        each signed-in user passes.

        Raises:
            Refused: the proof is too old, or an impersonator calls.
            PermissionDenied: DRF's, from a permission that gives no reason.
        """
        for permission in self._later_permissions():
            if not permission().has_permission(self.request, self):
                self.permission_denied(self.request)

    def validate(self, *, partial: bool = False) -> Any:
        """Return our fields of the validated body; the others are in ``extra``.

        Raises:
            LengthRequired: the body has no length; answered as 411.
            ValidationError: DRF's, answered as 400 with one entry per field.
        """
        if has_no_length(self.request._request):
            raise LengthRequired
        data = validated(
            self._required(self.active_request(), "request_class"),
            self.request.data,
            partial=partial,
        )
        ours = getattr(self.request_class, "_declared_fields", {})
        self.extra = {name: data[name] for name in data if name not in ours}
        return {name: data[name] for name in data if name in ours}

    def uploaded(self) -> Any:
        """Return the file that the body is, for an endpoint with ``CsvParser``.

        >>> with self.uploaded() as file:
        ...     ...

        Raises:
            LengthRequired: the body has no length; answered as 411.
        """
        if has_no_length(self.request._request):
            raise LengthRequired
        return self.request.data or BytesIO()  # DRF has {} for an empty body

    def respond(
        self,
        instance: object = None,
        *,
        status: HTTPStatus | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Return ``instance`` in the shape the active response class gives it."""
        made = self._one_answer
        if made and made.has_made(instance) and not (status or headers):
            return cast("Response", made.response)
        data = self.represent(instance)
        all_headers = {**self.kept_headers(instance, data), **(headers or {})}
        tag = all_headers.get("ETag")
        if self.conditional and tag and self.precondition.are_met_by_client(tag):
            return self.answer(None, HTTPStatus.NOT_MODIFIED, all_headers)
        return self.answer(data, status or self.success_status, all_headers)

    def represent(self, instance: object) -> Any:
        """Return the body of the answer, as the active response class shapes it."""
        active = self.active_response()
        return represented(active, instance) if active else None

    def success_headers(self, instance: object) -> Mapping[str, str]:
        """Return the headers of a success, such as ``Location``; kept for retries."""
        return {}

    def kept_headers(self, instance: object, data: Any) -> dict[str, str]:
        """Return those, with the tag of what GET answers now."""
        tagged = self.precondition.headers(instance, data) if self.conditional else {}
        return tagged | dict(self.success_headers(instance))

    def entity_tag(self, instance: object, data: Any = None) -> str:
        """Return the tag of ``instance`` as GET answers it; ``data`` is our answer."""
        reader = self.reader or type(self)
        active = reader.active_response()
        if data is None or active is not self.active_response():
            data = represented(active, instance) if active else None
        return preconditions.tag_of(data, reader.volatile)

    @cached_property
    def precondition(self) -> Preconditions:
        """What ``If-Match`` demands; the use case asks it about the locked row."""
        return Preconditions(self)

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
        own = {"X-Request-ID": request_id_of(self.request._request)}
        if self._spoken:
            own["Content-Language"] = get_language() or ""
        return SAFE_HEADERS | own

    def page_request(self) -> PageRequest:
        """Return which page the query asks for.

        Raises:
            ValidationError: ``limit`` or ``count`` is not valid, or a name is repeated.
        """
        return page_request_of(self.request.query_params)

    def filters(self) -> Any:
        """Return what the query filters by, in the types of ``filter_class``.

        Raises:
            ValidationError: a value is not valid, or a name is unknown or repeated.
        """
        filters = self._required(self.filter_class, "filter_class")
        query = self.request.query_params
        return filters_of(query, filters, in_pages=self.paginated)

    def respond_page(self, page: Page[Any]) -> Response:
        """Return a page, each row in the shape of the active response class."""
        active = self._required(self.active_response(), "response_class")
        data: dict[str, Any] = {
            "results": represented_rows(active, page.results),
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
        """Return what the class asks for, in the order in which it is asked."""
        classes = (*PERMISSIONS[self.access], *self._further_permissions())
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
        self._speak_to(self.user_if_any)

    def _speak_to(self, user: AbstractBaseUser | None) -> None:
        """Use what the user has chosen until ``dispatch()`` ends.

        It counts more than the header ``Accept-Language``, which browsers always send;
        a language in the path of the URL counts most.
        """
        language, zone = language_of(user), time_zone_of(user)
        if language and get_language_from_path(self.request._request.path_info):
            language = ""
        if language or zone:
            self._spoken = ExitStack()
            self._spoken.enter_context(speaking(language, zone))

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
        try:
            with serving(self):
                return super().dispatch(request, *args, **own)
        finally:
            if self._spoken:
                self._spoken.close()

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:  # noqa: FBT001, FBT002  # DRF's signature
        """Choose the renderer, at once for a client that takes JSON."""
        plain = self.content_negotiation_class is Negotiation
        first = self.renderer_classes[0] if plain else None
        if first is JSONRenderer and request.META.get("HTTP_ACCEPT", "*/*") in ANY_JSON:
            return JSON, JSON.media_type
        return super().perform_content_negotiation(request, force)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Prepare the view for this request, as DRF does.

        With an idempotency key, that is asked last, so an answer is repeated only to a
        caller who could make the request now.
        """
        self.extra = {}
        if hasattr(self, "use_case"):  # a method that the URL lacks has none
            sentry.name_endpoint(self.use_case.key)
        super().initial(request, *args, **kwargs)
        method = str(request.method).lower()
        handler = getattr(self, method, None) if method in WRITING else None
        if handler and (made := idempotency.one_answer(self)):
            self._one_answer = made
            setattr(self, method, partial(made.answer, handler))

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
