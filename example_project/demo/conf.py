"""What the demo reads from Django's settings."""

from pathlib import Path

from django.conf import settings


def is_demo() -> bool:
    """Return whether this runs on a developer's machine."""
    return bool(settings.DEBUG)


def mail_folder() -> Path:
    """Return the folder to which mails are written instead of being sent."""
    return Path(getattr(settings, "MAIL_DIR", "mails"))
