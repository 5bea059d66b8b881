"""W041 to W044: what is open to others that should not be."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.checks import CheckMessage
from django.core.files.storage import (
    FileSystemStorage,
    InvalidStorageError,
    storages,
)

from starterkit_core.checks.messages import warning
from starterkit_core.conf import (
    allowed_hosts,
    conf,
    cookies_of_django,
    has_https_header,
    served_folders,
)

PRIVATE = "starterkit_private"
LOCKED = "__Host-"
"""The beginning of the name of a cookie that browsers keep for one host only.

They take it only if it is ``Secure``, has the path ``/`` and no domain.
"""


def check_hosts(**kwargs: Any) -> list[CheckMessage]:
    """W041: a client may name any host, and links are built from that name."""
    if "*" not in allowed_hosts():
        return []
    text = (
        "ALLOWED_HOSTS has '*', so an attacker may choose the host of a request, and "
        "of the links that are built from it, such as the one in the mail of Django's "
        "PasswordResetView."
    )
    hint = (
        "List your hosts. Silence this if the server in front refuses other ones, and "
        "no client can go round it."
    )
    return [warning("starterkit_core.W041", text, hint)]


def check_proxies(**kwargs: Any) -> list[CheckMessage]:
    """W042: all users of a proxy have one address, and so one limit."""
    if not has_https_header() or conf.TRUSTED_PROXIES:
        return []
    text = (
        "SECURE_PROXY_SSL_HEADER says that a proxy is in front, and "
        "STARTERKIT_CORE['TRUSTED_PROXIES'] is 0: every client has the address of the "
        "proxy, so they share the limits of one network."
    )
    hint = "Set it to the number of your proxies that append to X-Forwarded-For."
    return [warning("starterkit_core.W042", text, hint)]


def check_private_files(**kwargs: Any) -> list[CheckMessage]:
    """W043: private files are in a folder that a server hands out to any person."""
    try:
        storage = storages[PRIVATE]
    except InvalidStorageError:  # there is none, or Django says why not
        return []
    if not isinstance(storage, FileSystemStorage):
        return []
    location = Path(storage.location)
    hint = "Give it a folder of its own: presets.storages(private='/srv/private')."
    return [
        warning(
            "starterkit_core.W043",
            f"STORAGES[{PRIVATE!r}] writes to {location}, which is in {name}.",
            hint,
        )
        for name, folder in served_folders().items()
        if location.is_relative_to(Path(folder).resolve())
    ]


def check_locked_cookies(**kwargs: Any) -> list[CheckMessage]:
    """W044: a cookie whose name promises what its attributes do not hold."""
    hint = (
        "Remove what is named, or give the cookie another name. presets.security() "
        "gives it this one."
    )
    return [
        warning(
            "starterkit_core.W044",
            f"Browsers drop the cookie {LOCKED}…, because of {', '.join(wrong)}.",
            hint,
        )
        for kind in ("SESSION", "CSRF")
        if (wrong := list(_unlocked(kind)))
    ]


def _unlocked(kind: str) -> Iterator[str]:
    """Yield the name of each setting for which browsers drop the cookie."""
    cookie = cookies_of_django(kind)
    if not str(cookie["NAME"]).startswith(LOCKED):
        return
    required = {"SECURE": True, "DOMAIN": None, "PATH": "/"}
    for attribute, value in required.items():
        if (cookie[attribute] or None) != value:
            yield f"{kind}_COOKIE_{attribute}"
