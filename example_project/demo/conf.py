"""What the demo reads of Django's settings."""

from pathlib import Path

from django.conf import settings


def is_demo() -> bool:
    """Say whether this is somebody's own machine."""
    return bool(settings.DEBUG)


def mail_folder() -> Path:
    """Return where mails are put instead of being sent."""
    return Path(getattr(settings, "MAIL_DIR", "mails"))
