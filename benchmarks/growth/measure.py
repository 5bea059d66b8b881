"""Time what grows with the tables, on a database that ``fill.sql`` has filled.

    DATABASE_URL=postgres://… PYTHONPATH=src:. python benchmarks/growth/measure.py

Best of three, seconds. It deletes surplus sessions of user 1, as a sign-in does, and
with ``--end`` it ends all sessions.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from io import StringIO
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "example_project.settings")
django.setup()

from django.conf import settings  # noqa: E402, TID251  # of the project, after setup
from django.contrib.auth import get_user_model  # noqa: E402
from django.contrib.auth.hashers import make_password  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402
from django.test import Client  # noqa: E402

from starterkit_auth.services import retention  # noqa: E402
from starterkit_terms.models import version_model  # noqa: E402

PASSWORD = "correct horse battery"  # noqa: S105  # of this database
BULK = "user500001@example.com"
USER = "/admin/starterkit_users/user"
ACCEPTANCE = "/admin/legal/acceptance"


def pages() -> Iterator[str]:
    """Return the pages of the administration that a large table could slow down."""
    user = get_user_model().objects.get_by_natural_key(BULK)
    version = version_model().objects.first()
    yield from (f"{USER}/", f"{USER}/?o=1", f"{USER}/?q=user5000", f"{USER}/?q=zzz")
    yield from (f"{USER}/?is_staff__exact=1", f"{USER}/?is_active__exact=0")
    yield from (f"{USER}/?is_superuser__exact=1", f"{USER}/{user.pk}/delete/")
    yield from (f"/admin/starterkit_auth/session/{q}" for q in ("", f"?q={BULK}"))
    yield "/admin/starterkit_auth/emailaddress/"
    yield from (f"/admin/starterkit_core/auditevent/{q}" for q in ("", f"?q={BULK}"))
    yield from (f"{ACCEPTANCE}/", f"{ACCEPTANCE}/?q={BULK}", f"{ACCEPTANCE}/?q=x")
    yield f"{ACCEPTANCE}/?q={user.pk}"
    yield f"{ACCEPTANCE}/?version__id__exact={version.pk}"
    yield from ("/admin/notes/author/", "/admin/notes/author/?q=user500001")
    yield from ("/admin/notes/note/", "/admin/notes/note/add/")
    yield from ("/admin/accounts/customer/", "/admin/accounts/customer/?q=Company 40")


def timed(label: str, call: Callable[[], Any], times: int = 3) -> None:
    """Print the best of some runs."""
    best = float("inf")
    for _ in range(times):
        begun = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - begun)
    sys.stdout.write(f"{best:9.4f} s  {label}\n")


def sign_in(address: str) -> None:
    """Sign in over HTTP, without the network.

    Raises:
        RuntimeError: it was refused.
    """
    body = {"email": address, "password": PASSWORD}
    answer = Client().post(
        "/api/auth/v1/session/", body, content_type="application/json"
    )
    if answer.status_code != 201:  # noqa: PLR2004  # HTTP's
        raise RuntimeError(answer.content)


def last_batch(expired: retention.Expired) -> None:
    """Look for rows after the last one that is over."""
    last = expired.rows.order_by("-pk").values_list("pk", flat=True).first()
    with transaction.atomic():
        expired.lock(last, 1_000)


def main() -> None:
    """Measure one after the other."""
    settings.ALLOWED_HOSTS, settings.DEBUG = ["*"], False
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    users = get_user_model().objects
    with suppress(django.db.IntegrityError):
        users.create_superuser("boss@example.com", PASSWORD)
    client = Client()
    client.force_login(users.get_by_natural_key("boss@example.com"))
    for page in pages():
        timed(page, lambda page=page: client.get(page))  # type: ignore[misc]  # a default
    few = users.filter(email_key__in=["user1@example.com", BULK])
    few.update(password=make_password(PASSWORD))
    timed("sign-in, one session before", lambda: sign_in(BULK))
    timed(
        "sign-in, 10,000 devices before, first", lambda: sign_in("user1@example.com"), 1
    )
    for _ in range(25):  # deletes 500 each
        sign_in("user1@example.com")
    timed("sign-in, 10,000 devices before, later", lambda: sign_in("user1@example.com"))
    for expired in retention.all_expired():
        timed(f"purge, last batch of {expired.name}", lambda e=expired: last_batch(e))  # type: ignore[misc]  # a default
    if "--end" in sys.argv:
        said = StringIO()
        timed(
            "end all",
            lambda: call_command("auth_end_sessions", "--all", stdout=said),
            1,
        )
        sys.stdout.write(said.getvalue())


main()
