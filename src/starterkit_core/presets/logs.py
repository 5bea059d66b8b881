"""``LOGGING``."""

from typing import Any

FORMATTERS = "starterkit_core.observability.logs"


def logging(*, level: str = "INFO", json: bool = True) -> dict[str, Any]:
    """Return ``LOGGING``: all loggers write to the standard error, one line each.

    As JSON objects, or with ``json=False`` as text for people. Requests have a line of
    ``starterkit.requests``, so Django's own lines about requests that were refused are
    left out, and so are those of gunicorn, which have the query and the full address.
    Also fits ``logconfig_dict`` of gunicorn.
    """
    kind = "JSONFormatter" if json else "PlainFormatter"
    through_root: dict[str, Any] = {"handlers": [], "propagate": True}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"starterkit": {"()": f"{FORMATTERS}.{kind}"}},
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": "starterkit"},
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django": {**through_root, "level": "INFO"},
            "django.request": {**through_root, "level": "ERROR"},
            "django.server": {**through_root, "level": "WARNING"},
            # gunicorn turns it on by itself when it gets a logconfig_dict.
            "gunicorn.access": {**through_root, "level": "WARNING"},
            "gunicorn.error": {**through_root, "level": "INFO"},
            # A warning for each HEAD: Django leaves it to servers to drop the body.
            "gunicorn.http.wsgi": {**through_root, "level": "ERROR"},
        },
    }
