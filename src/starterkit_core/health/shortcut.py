"""Probes are answered before other middleware, wherever the project mounts them.

Kubernetes and load balancers ask over plain HTTP and with the address of the process as
the host: ``SECURE_SSL_REDIRECT`` would redirect them and ``ALLOWED_HOSTS`` refuse them.
No middleware behind may do I/O for ``/livez`` either, such as load a session.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve

from starterkit_core.health import views
from starterkit_core.utils.probes import is_probe


def probes_first(get_response: Callable[[HttpRequest], Any]) -> Callable[..., Any]:
    """Return ``get_response``, with the probes answered in front of it.

    A view of the project's own at such a path is none of ours, and called as usual.
    """

    def answer(request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        view = _probe_at(request)
        return view(request) if view else get_response(request)

    async def answer_later(request: HttpRequest) -> HttpResponseBase:
        view = _probe_at(request)
        if view is views.ready:  # it waits, and must not let other requests wait
            return await sync_to_async(view, thread_sensitive=False)(request)
        return view(request) if view else await get_response(request)

    return answer_later if iscoroutinefunction(get_response) else answer


def _probe_at(request: HttpRequest) -> views.View | None:
    """Return the probe at the path of the request, or None for all other requests."""
    if not is_probe(request.path_info):
        return None
    try:
        match = resolve(request.path_info)
    except Resolver404:
        return None
    if match.func not in {views.live, views.ready}:
        return None
    request.resolver_match = match  # for logs and monitors
    return match.func
