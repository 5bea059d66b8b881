"""All four modules, with session row, revocation, limiter and audit on.

A contestant of the harness in ``../shared/bench``; see README.md beside this file.
"""

# The harness reads this file without Django, and calls the functions by their names.
# ruff: noqa: D103, PLC0415

from datetime import timedelta
from pathlib import Path

from harness.kit import PASSWORD, bearer, delete, each, get, one, post

SRC = Path(__file__).resolve().parent.parent / "src"
MODULES = ["starterkit_core", "starterkit_auth", "starterkit_users", "starterkit_terms"]

TITLE = "starterkit, all four modules"
# Editable, so that the figures are always those of the checkout.
REQUIREMENTS = [
    word
    for folder in [f"{MODULES[0]}[speed]", *MODULES[1:]]
    for word in ("-e", str(SRC / folder))
]
INSTALLED_APPS = ["rest_framework", "drf_spectacular", *MODULES]
MIDDLEWARE = ["starterkit_core.middleware.ApiMiddleware"]
# A run is tens of thousands of requests from one network within minutes, which is what
# these limits are there to refuse. They count as shipped, only up to a higher number.
ROOM = "100000000/15m"
SETTINGS = {
    # What presets.rest_framework() returns; here nothing of ours can be imported yet.
    "REST_FRAMEWORK": {
        "DEFAULT_AUTHENTICATION_CLASSES": [
            "starterkit_auth.authentication.SessionAuthentication"
        ],
        "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
        "DEFAULT_PARSER_CLASSES": ["starterkit_core.http.parsers.JSONParser"],
        "DEFAULT_RENDERER_CLASSES": ["starterkit_core.http.renderers.JSONRenderer"],
        "EXCEPTION_HANDLER": "starterkit_core.http.problems.exception_handler",
    },
    "STARTERKIT_AUTH": {
        # W1 repeats one request for as long as the run takes; peers give it a day.
        "ACCESS_TOKEN_LIFETIME": timedelta(days=1),
        "FRONTEND_URL": "https://app.example.com",
        "SIGN_IN_NETWORK_LIMIT": ROOM,
        "SIGN_IN_GLOBAL_LIMIT": ROOM,
        "REGISTRATION_NETWORK_LIMIT": ROOM,
        "REGISTRATION_GLOBAL_LIMIT": ROOM,
        "RESEND_GLOBAL_LIMIT": ROOM,
    },
}
SEED_SQL = [
    # As the README tells projects with many accounts of another origin.
    "CREATE INDEX bench_user_email_upper ON auth_user (UPPER(email::text))",
    """
    INSERT INTO starterkit_auth_emailaddress
        (id, created_at, updated_at, user_id, address, key, verified_at, provisional)
    SELECT gen_random_uuid(), now(), now(), id, email, email, now(), false
    FROM auth_user
    """,
]
API = "/api/auth/v1"
ME = "/api/users/v1/me/"


def urlpatterns():
    from django.urls import include, path

    return [path("api/", include("starterkit_core.urls"))]


def sign_in(kit, i):
    email = f"{kit.username(i)}@example.com"
    return post(f"{API}/session/", {"email": email, "password": PASSWORD})


def opened(kit, i):
    return kit.json(sign_in(kit, i))


def refresh(kit, i):
    token = opened(kit, i)["refresh_token"]
    return post(f"{API}/session/refresh/", {"refresh_token": token})


def register(kit, i):
    email = f"{kit.new_username(i)}@example.com"
    return post(f"{API}/registration/", {"email": email, "password": PASSWORD})


def sign_out(kit, i):
    token = opened(kit, i)["access_token"]
    return delete(f"{API}/session/", headers=bearer(token))


def forged(token):
    return token[:-4] + ("AAAA" if token[-4:] != "AAAA" else "BBBB")


def schema():
    from drf_spectacular.generators import SchemaGenerator

    return lambda: SchemaGenerator().get_schema(request=None, public=True)


WORKS = {
    "W1": one(
        lambda kit: get(ME, bearer(opened(kit, 1)["access_token"])),
        contains=b"user000001",
    ),
    "W2": each(refresh),
    "W3": each(sign_in, 201),
    "W4e": each(register, 202, variant="email"),
    "W5": each(sign_out, 204),
    "W6": one(lambda kit: get(ME, bearer(forged(opened(kit, 1)["access_token"]))), 401),
}
SKIP = {
    "W1s": "a token is not valid by its claims alone: it could not be revoked",
    "W4": "a registration is not done without its mail; see W4e",
    "W7": "no list of users yet",
    "W7k": "no list of users yet",
}
