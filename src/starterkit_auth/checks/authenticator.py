"""W001 and W004: the place of our authenticator among the defaults."""

from typing import Any

from django.core.checks import CheckMessage
from rest_framework.settings import api_settings

from starterkit_auth.authentication import SessionAuthentication
from starterkit_core.checks.messages import warning
from starterkit_core.ports.authenticators import ours_first
from starterkit_core.utils.source import dotted


def check_authenticator(**kwargs: Any) -> list[CheckMessage]:
    """W001 and W004: whether the project's own views take our credentials."""
    listed: Any = api_settings.DEFAULT_AUTHENTICATION_CLASSES
    is_ours = [issubclass(entry, SessionAuthentication) for entry in listed]
    if is_ours[:1] == [True]:
        return []
    setting = "REST_FRAMEWORK['DEFAULT_AUTHENTICATION_CLASSES']"
    hint = f"Set it to {[dotted(entry) for entry in ours_first(listed)]}."
    if not any(is_ours):
        text = f"{setting} lacks our authenticator."
        return [warning("starterkit_auth.W001", text, hint)]
    text = (
        f"Our authenticator is not the first of {setting}: another class may refuse "
        "our tokens, and decides between 401 and 403."
    )
    return [warning("starterkit_auth.W004", text, hint)]
