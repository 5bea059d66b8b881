"""All four modules, with session row, revocation, limiter and audit on.

A contestant of the harness in ``../shared/bench``; see README.md beside this file.
"""

# The harness reads this file without Django, and calls the functions by their names.
# ruff: noqa: D103, PLC0415

from contextlib import suppress
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
    # W7k: who lists users has the permission; a superuser's is no further statement.
    "UPDATE auth_user SET is_superuser = true WHERE username = 'user000001'",
    # As the README tells projects with many accounts of another origin.
    "CREATE INDEX bench_user_email_upper ON auth_user (UPPER(email::text))",
    """
    INSERT INTO starterkit_auth_emailaddress
        (id, created_at, updated_at, user_id, address, key, verified_at)
    SELECT gen_random_uuid(), now(), now(), id, email, email, now() FROM auth_user
    """,
]
API = "/api/auth/v1"
ME = "/api/users/v1/me/"
TERMS = "/api/terms/v1"
USERS = "/api/users/v1/users/"


def urlpatterns():
    from django.urls import include, path
    from rest_framework.permissions import IsAuthenticated
    from rest_framework.response import Response
    from rest_framework.views import APIView

    from starterkit_core.permissions import PassesAccessGates

    class Orders(APIView):
        permission_classes = (IsAuthenticated,)

        def get(self, request):
            return Response({"orders": [], "user": request.user.pk})

    class GatedOrders(Orders):
        permission_classes = (IsAuthenticated, PassesAccessGates)

    return [
        path("api/", include("starterkit_core.urls")),
        path("orders/", GatedOrders.as_view()),
        path("orders/open/", Orders.as_view()),
    ]


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


def third_page(kit):
    headers, cursor = bearer(opened(kit, 1)["access_token"]), ""
    for _ in range(2):
        url = f"{USERS}?order=created&cursor={cursor}"
        cursor = kit.json(get(url, headers))["next"]
    return get(f"{USERS}?order=created&cursor={cursor}", headers)


def publish_terms():
    """Publish two mandatory documents, unless a run has done so before."""
    from starterkit_terms.errors import VersionUnchanged
    from starterkit_terms.use_cases.publish_document import (
        DraftText,
        PublishDocument,
        PublishDocumentInput,
    )

    source = "# Terms\n\n" + "Be kind to each other. " * 200
    text = DraftText(locale="en", title="Terms", source=source)
    for key in ("terms", "rules"):
        given = PublishDocumentInput(key=key, texts=[text], label="1")
        with suppress(VersionUnchanged):
            PublishDocument.execute(given)


def settled(kit):
    """Return the headers of a user who has accepted all there is."""
    publish_terms()
    headers = bearer(opened(kit, 1)["access_token"])
    pending = kit.json(get(f"{TERMS}/pending/", headers))["results"]
    names = ("version", "content_hash")
    body = {"acceptances": [{name: row[name] for name in names} for row in pending]}
    if pending:
        kit.json(post(f"{TERMS}/acceptances/", body, headers))
    return headers


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
    "W7k": one(third_page, contains=b"user000041"),
    # A host's view behind the gate, with two documents that the user has accepted, and
    # the same view without the gate: --mode steps runs them in turns. The documents
    # stay in the database until the end of the run, so name these works last.
    "W10": one(lambda kit: get("/orders/", settled(kit)), contains=b"orders"),
    "W10o": one(lambda kit: get("/orders/open/", settled(kit)), contains=b"orders"),
    "W11": one(lambda kit: get(f"{TERMS}/pending/", settled(kit)), contains=b"results"),
    "W12": one(lambda kit: get(f"{TERMS}/documents/", settled(kit)), contains=b"kind"),
    "W6": one(lambda kit: get(ME, bearer(forged(opened(kit, 1)["access_token"]))), 401),
}
SKIP = {
    "W1s": "a token is not valid by its claims alone: it could not be revoked",
    "W4": "a registration is not done without its mail; see W4e",
    "W7": "no page has a number; see W7k",
}
