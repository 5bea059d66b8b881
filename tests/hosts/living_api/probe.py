"""Calls every view of the project in every way; prints each answer as JSON.

Run it with ``DJANGO_SETTINGS_MODULE``, once for the project as it was and once with our
lines: ``python -m tests.hosts.living_api.probe``.
"""

# Django is set up by main(), and the models are those of the host.
# ruff: noqa: PLC0415, TID251

import json
import re
import sys
from itertools import product

import django
from django.conf import settings

PATHS = [
    "/api/",
    "/api/users/",
    "/api/users/?page=2",
    "/api/users/?format=api",
    "/api/users/1/",
    "/api/users/99/",
    "/api/who/",
    "/api/anonymous/",
    "/api/staff/",
    "/api/upload/",
    "/api/throttled/",
    "/api/broken/",
    "/api/basic/",
    "/api/unknown/",
    "/api/who",
    "/page/",
    "/unknown/",
]
WRITTEN = ["/api/users/", "/api/who/", "/api/upload/"]
"""Paths that get a body of each kind; the others get one."""

HEADERS = [
    {},
    {"HTTP_AUTHORIZATION": "Token {token}"},
    {"HTTP_AUTHORIZATION": "Token unknown"},
    {"HTTP_AUTHORIZATION": "Bearer {jwt}"},
    {"HTTP_AUTHORIZATION": "Bearer unknown"},
    {"HTTP_AUTHORIZATION": "Bearer"},
    {"HTTP_AUTHORIZATION": "Basic YWRhOnNlY3JldA=="},
    {"HTTP_AUTHORIZATION": "Basic unknown"},
    {"HTTP_AUTHORIZATION": "Unknown scheme"},
    {"HTTP_ACCEPT": "text/html"},
    {"HTTP_ACCEPT": "application/xml"},
    {"HTTP_COOKIE": "sessionid={session}"},
    {"HTTP_COOKIE": "sessionid={session}", "HTTP_AUTHORIZATION": "Bearer unknown"},
    {"HTTP_COOKIE": "sessionid=unknown"},
    {"HTTP_ORIGIN": "https://app.example.com"},
]
BODIES = [
    {"content_type": "application/json", "data": '{"username": "grace"}'},
    {"content_type": "application/json", "data": "{"},
    {"content_type": "application/x-www-form-urlencoded", "data": "username=alan"},
    {"data": {"name": "a.txt"}},
    {"content_type": "text/plain", "data": "?"},
]
IGNORED = {"X-Request-ID"}
"""What our middleware adds to every answer."""

SECRETS = re.compile(rb'csrf\w*"? ?[:=] ?"?[\w-]+"?|value="\w{64}"')


def run():
    from django.core.cache import cache
    from django.test import Client

    secrets = make_people()
    for path, headers in product(PATHS, HEADERS):
        sent = {name: text.format(**secrets) for name, text in headers.items()}
        for call in calls(path, sent):
            cache.clear()
            yield [*call[:-1], describe(call[-1]())]
    yield [Client().get("/api/throttled/").status_code for _ in range(3)]


def calls(path, sent):
    """Yield name and function of every request to ``path``, from a new client."""
    from django.test import Client

    client = Client(raise_request_exception=False)
    for method in ("get", "head", "options", "delete"):
        if (method, path) != ("delete", "/api/users/1/"):
            yield (
                method,
                path,
                str(sorted(sent)),
                lambda m=method: getattr(client, m)(path, **sent),
            )
    for body in BODIES if path in WRITTEN else BODIES[:1]:
        yield (
            "post",
            path,
            str(sorted(sent)),
            str(body),
            lambda b=body: client.post(path, **b, **sent),
        )


def make_people():
    """Save three users, and return the credentials of the first."""
    from django.contrib.auth import get_user_model
    from django.test import Client
    from rest_framework.authtoken.models import Token
    from rest_framework_simplejwt.tokens import AccessToken

    users = get_user_model().objects
    ada = users.create_superuser("ada", "ada@example.com", "secret")
    for name in ("bob", "carl"):
        users.create_user(name, password="secret")  # noqa: S106  # of a test
    browser = Client()
    browser.force_login(ada)
    return {
        "token": Token.objects.create(user=ada).key,
        "jwt": str(AccessToken.for_user(ada)),
        "session": browser.cookies["sessionid"].value,
    }


def describe(response):
    """Return all of an answer that may be compared."""
    body = SECRETS.sub(b"", response.content).decode("utf-8", "replace")
    headers = {n: v for n, v in response.headers.items() if n not in IGNORED}
    return [response.status_code, headers, sorted(response.cookies), body]


def main():
    # A database of its own in memory: the views do not depend on its kind.
    settings.DATABASES["default"] = {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": ":memory:",
    }
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    json.dump([*run()], sys.stdout)


if __name__ == "__main__":
    main()
