"""Published versions by document and number, as everybody may read them."""

from typing import Any

from django.utils import timezone

from starterkit_terms.models import version_model
from starterkit_terms.models.version import VersionQuerySet

LARGEST = 2**31 - 1
"""The largest number that a column holds; a path may have a larger one."""


def numbered(key: str, **number: Any) -> VersionQuerySet:
    """Return the public versions of a document with such a number.

    >>> numbered("terms", number=2)
    """
    now = timezone.now()
    public: VersionQuerySet = version_model().objects.public(now)
    if max(number.values()) > LARGEST:
        return public.none()
    return public.filter(document__key=key, **number)
