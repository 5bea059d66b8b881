"""The authenticators that the host project names for accepting."""

from collections.abc import Iterable

from django.utils.module_loading import import_string
from rest_framework.authentication import BaseAuthentication

from starterkit_terms.conf import conf


def with_named(
    authenticators: Iterable[BaseAuthentication],
) -> list[BaseAuthentication]:
    """Return ``authenticators``, and those of ``AUTHENTICATION_CLASSES`` after them."""
    asked = [*authenticators]
    named = [import_string(path) for path in conf.AUTHENTICATION_CLASSES]
    present = {type(authenticator) for authenticator in asked}
    return [*asked, *(one() for one in named if one not in present)]
