"""Hides the credentials of a request from error reports."""

from django.http import HttpRequest

from starterkit_core.utils.secrets import Secret

HEADERS = ("HTTP_AUTHORIZATION", "HTTP_COOKIE", "HTTP_PROXY_AUTHORIZATION")


def hide_credentials(request: HttpRequest) -> None:
    """Make a ``Secret`` of each cookie, and of the headers that have credentials.

    Django's reporter shows every cookie whose name does not tell that it is secret.
    """
    for name in HEADERS:
        if name in request.META:
            request.META[name] = Secret(request.META[name])
    if "HTTP_COOKIE" in request.META:
        for name, text in request.COOKIES.items():
            request.COOKIES[name] = Secret(text)
