"""The gate before pages with Django's session; views of DRF have a permission."""

from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from starterkit_core.errors import DomainError
from starterkit_terms.gate import TermsGate
from starterkit_terms.http.pages import answer_to, is_open
from starterkit_terms.services import standing

GetResponse = Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]


class TermsMiddleware:
    """Sends users who have still to accept to ``ACCEPT_PAGE``, and programs a problem.

    List it after ``AuthenticationMiddleware``. Open are that page, the views of
    ``OPEN_PAGES``, and those with ``gated = False``; views of DRF are left to their
    permissions.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.gate = TermsGate()
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)
            # Django calls it by this name, and awaits it if it can be.
            self.process_view = self._process_view_later  # type: ignore[method-assign]  # as above

    def __call__(
        self, request: HttpRequest
    ) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> Any:
        """Return the answer to a user who has still to accept, or None."""
        if is_open(request, view):
            return None
        return self._answer(request, self._refusal(getattr(request, "user", None)))

    async def _process_view_later(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        if is_open(request, view):
            return None
        user = await request.auser() if hasattr(request, "auser") else None
        if not isinstance(user, AbstractBaseUser):
            return None
        # Most requests need no thread for this; another gate may ask for more.
        is_ours = type(self.gate).refusal is TermsGate.refusal
        if is_ours and standing.is_settled_in_memory(user, timezone.now()):
            return None
        return self._answer(request, await sync_to_async(self._refusal)(user))

    def _refusal(self, user: Any) -> DomainError | None:
        return self.gate.refusal(user) if isinstance(user, AbstractBaseUser) else None

    def _answer(
        self, request: HttpRequest, refusal: DomainError | None
    ) -> HttpResponseBase | None:
        return answer_to(request, refusal) if refusal else None
