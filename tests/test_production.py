"""The settings of docs/how-to/production.md, in a project of Django's own making.

``check --deploy`` finds nothing in it, and names each thing that is then done wrong.
"""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.processes import ROOT

PAGE = ROOT / "docs/how-to/production.md"
README = ROOT / "README.md"
CACHE = "django.core.cache.backends"
KEY = "0123456789abcdef" * 4
URLS = """\
from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/", include("starterkit_core.urls")),
]
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not find_spec("django_tasks_db"), reason="the page names it"),
]


def blocks(file: Path, name: str) -> list[str]:
    """The fenced blocks behind ``<!-- name -->``."""
    pattern = rf"<!-- {name} -->\n+```\w+\n(.*?)```"
    return re.findall(pattern, file.read_text("utf-8"), re.DOTALL)


def python(*arguments: str, folder: Path) -> str:
    """Run Python with warnings as errors; return all that it printed."""
    places = [folder, *filter(None, sys.path)]
    done = subprocess.run(  # noqa: S603  # our own command
        [sys.executable, "-W", "error", *arguments],
        cwd=folder,
        env={
            **{n: v for n, v in os.environ.items() if not n.startswith("DJANGO_")},
            "SECRET_KEY": KEY,
            "PYTHONPATH": os.pathsep.join(map(str, places)),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.stdout


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new project with the lines of the README and of the page."""
    folder = tmp_path_factory.mktemp("shop")
    assert not python("-m", "django", "startproject", "shop", ".", folder=folder)
    lines = ['AUTH_USER_MODEL = "starterkit_users.User"\n']
    lines += [*blocks(README, "add:settings"), *blocks(PAGE, "production:settings")]
    settings = folder / "shop/settings.py"
    text = "\n".join([settings.read_text("utf-8"), *lines])
    settings.write_text(text, "utf-8")
    (folder / "shop/urls.py").write_text(URLS, "utf-8")
    return folder


def check(shop: Path, *lines: str, options: Sequence[str] = ()) -> str:
    """Run ``check --deploy`` with further lines in the settings."""
    text = ["from shop.settings import *", f"CACHE = {CACHE!r}", *lines, ""]
    (shop / "changed.py").write_text("\n".join(text), "utf-8")
    command = ("manage.py", "check", "--deploy", "--settings=changed")
    return python(*command, "--fail-level=INFO", *options, folder=shop)


def test_the_settings_of_the_page_are_ready_to_be_deployed(shop: Path) -> None:
    assert "System check identified no issues" in check(shop)


def test_a_choice_against_hsts_of_subdomains_is_no_mistake(shop: Path) -> None:
    said = check(shop, "globals().update(presets.security(subdomains=False))")

    assert "System check identified no issues" in said


WRONG = {
    "the key of a new project": (
        f"SECRET_KEY = 'django-insecure-{KEY}'",
        "starterkit_auth.E001",
    ),
    "any host": ("ALLOWED_HOSTS = ['*']", "starterkit_core.W041"),
    "Django's session cookie": ("SESSION_COOKIE_SECURE = False", "security.W012"),
    "Django's CSRF cookie": ("CSRF_COOKIE_SECURE = False", "security.W016"),
    "our cookie": ("STARTERKIT_AUTH['COOKIE_SECURE'] = False", "starterkit_auth.E002"),
    "limits in each process": (
        "CACHES['default']['BACKEND'] = f'{CACHE}.locmem.LocMemCache'",
        "starterkit_auth.W002",
    ),
    "a proxy that is not counted": (
        "STARTERKIT_CORE['TRUSTED_PROXIES'] = 0",
        "starterkit_core.W042",
    ),
    "no HTTPS": ("SECURE_SSL_REDIRECT = False", "security.W008"),
    "mails that hang": (
        "globals().update(presets.mail('localhost', seconds=0))",
        "starterkit_core.W030",
    ),
    "no worker": ("del TASKS", "starterkit_core.W004"),
}
"""What is done wrong, and the check that names it."""


@pytest.fixture(scope="module")
def said_of_all(shop: Path) -> str:
    return check(shop, *(line for line, _ in WRONG.values()))


@pytest.mark.parametrize("names", [names for _, names in WRONG.values()], ids=WRONG)
def test_check_names_what_is_wrong(said_of_all: str, names: str) -> None:
    assert names in said_of_all


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("DEBUG = True", "security.W018"),
        ("STARTERKIT_AUTH['SIGNING_KEYS'] = ['short']", "starterkit_auth.E001"),
    ],
)
def test_check_names_debug_mode_and_a_short_key(
    shop: Path, line: str, names: str
) -> None:
    assert names in check(shop, line)


OLD_ROW = """
from datetime import timedelta
from django.contrib.auth import get_user_model
from django.utils import timezone
from starterkit_auth.models import Challenge

then = timezone.now() - timedelta(days=30)
user = get_user_model().objects.create_user("ada@example.com")
Challenge.objects.create(
    user=user, expires_at=then, link_expires_at=then, key_id="00"
)
"""


def test_check_names_a_missing_retention_job(shop: Path) -> None:
    in_database = ("--database=default",)
    assert "Error" not in python("manage.py", "migrate", "-v0", folder=shop)
    before = check(shop, options=in_database)

    assert not python("manage.py", "shell", "-v0", "-c", OLD_ROW, folder=shop)

    assert "no issues" in before
    assert "starterkit_auth.W003" in check(shop, options=in_database)
