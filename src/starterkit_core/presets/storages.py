"""``STORAGES``."""

from os import PathLike, fspath
from typing import Any

MANIFEST = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
"""Static files whose names change with their content, so that browsers keep them."""

PLAIN_STATIC = "django.contrib.staticfiles.storage.StaticFilesStorage"
"""For a developer's machine and for tests: it needs no ``collectstatic``."""

FILES = "django.core.files.storage.FileSystemStorage"
PRIVATE = "starterkit_core.storages.PrivateFiles"


def storages(
    private: str | PathLike[str], *, static: str = MANIFEST
) -> dict[str, dict[str, Any]]:
    """Return ``STORAGES`` on the disk; ``private`` is a folder no server serves.

    It must not be in ``MEDIA_ROOT`` or ``STATIC_ROOT``. ``starterkit_public`` has files
    that any person may read, below ``MEDIA_URL``; ``starterkit_private`` has those that
    only a view hands out. Several machines need a storage that they share: replace
    these entries, for example by those of django-storages.

    ``static`` may be ``whitenoise.storage.CompressedManifestStaticFilesStorage``.
    """
    return {
        "default": {"BACKEND": FILES},
        "staticfiles": {"BACKEND": static},
        "starterkit_public": {"BACKEND": FILES},
        "starterkit_private": {
            "BACKEND": PRIVATE,
            "OPTIONS": {"location": fspath(private)},
        },
    }
