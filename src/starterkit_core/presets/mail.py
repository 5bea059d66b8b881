"""Where mails go: ``MAILERS`` from Django 6.1 on, ``EMAIL_…`` before."""

from os import PathLike, fspath
from typing import Any

BACKENDS = "django.core.mail.backends"

MAIL_SECONDS = 10
"""The wait for each word of a mail server."""

PORT = 587
IMPLICIT_TLS = 465
"""The port at which TLS begins with the connection (RFC 8314); others say STARTTLS."""

FORMER = {
    "username": "EMAIL_HOST_USER",
    "password": "EMAIL_HOST_PASSWORD",
}
"""Settings before Django 6.1 that are not called ``EMAIL_`` and the option."""


def mail(  # keywords, one for each thing that a provider tells you
    host: str,
    *,
    port: int = PORT,
    user: str = "",
    password: str = "",
    tls: bool = True,
    sender: str = "",
    seconds: int = MAIL_SECONDS,
) -> dict[str, Any]:
    """Return the settings of an SMTP server, for ``globals().update(…)``.

    The certificate is verified. ``tls=False`` is for a server on the same machine, and
    for a mail catcher. ``sender`` is the address that mails come from.
    """
    options = {
        "host": host,
        "port": port,
        "username": user,
        "password": password,
        "use_tls": tls and port != IMPLICIT_TLS,
        "use_ssl": tls and port == IMPLICIT_TLS,
        "timeout": seconds,
    }
    senders = {"DEFAULT_FROM_EMAIL": sender, "SERVER_EMAIL": sender} if sender else {}
    return _settings(f"{BACKENDS}.smtp.EmailBackend", options) | senders


def mail_in_folder(folder: str | PathLike[str]) -> dict[str, Any]:
    """Return the settings by which each mail is a file, for a developer's machine."""
    options = {"file_path": fspath(folder)}
    return _settings(f"{BACKENDS}.filebased.EmailBackend", options)


def _settings(backend: str, options: dict[str, Any]) -> dict[str, Any]:
    """Return the settings that the running Django reads; it refuses both together."""
    from django import VERSION  # noqa: PLC0415  # importing the presets needs no Django

    if VERSION >= (6, 1):
        return {"MAILERS": {"default": {"BACKEND": backend, "OPTIONS": options}}}
    former = {
        FORMER.get(name, f"EMAIL_{name.upper()}"): value
        for name, value in options.items()
    }
    return {"EMAIL_BACKEND": backend, **former}
