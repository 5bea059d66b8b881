"""E002, E003, W017 and W018: settings of the cookie."""

from typing import Any

from django.core.checks import CheckMessage

from starterkit_auth.conf import conf, trusted_origins
from starterkit_core.checks.messages import error, warning
from starterkit_core.checks.production import is_live


def check_cookie(**kwargs: Any) -> list[CheckMessage]:
    """E002 and E003: attributes of the cookie."""
    found = []
    if not conf.COOKIE_SECURE and is_live():
        text = "The session cookie is also sent without HTTPS, and DEBUG is off."
        hint = "Remove STARTERKIT_AUTH['COOKIE_SECURE'], or set it to True."
        found.append(error("starterkit_auth.E002", text, hint))
    if conf.COOKIE_SAMESITE == "None" and not conf.COOKIE_SECURE:
        text = "Browsers drop a SameSite=None cookie that is not Secure."
        hint = "Set STARTERKIT_AUTH['COOKIE_SECURE'] to True, or use 'Lax'."
        found.append(error("starterkit_auth.E003", text, hint))
    return found


def check_other_sites(**kwargs: Any) -> list[CheckMessage]:
    """W017 and W018: settings of the cookie that contradict each other."""
    for_other_sites = conf.COOKIE_SAMESITE == "None"
    if not for_other_sites and conf.given().get("COOKIE_PARTITIONED"):
        text = "COOKIE_PARTITIONED has no effect, as no other site gets the cookie."
        hint = "Remove it, or set STARTERKIT_AUTH['COOKIE_SAMESITE'] to 'None'."
        return [warning("starterkit_auth.W017", text, hint)]
    found = []
    if for_other_sites and not conf.COOKIE_PARTITIONED:
        text = "Browsers block a SameSite=None cookie that is not Partitioned."
        hint = "Remove STARTERKIT_AUTH['COOKIE_PARTITIONED'], or set it to True."
        found.append(warning("starterkit_auth.W017", text, hint))
    if for_other_sites and not trusted_origins():
        text = "Other sites get the cookie, but may only read with it."
        hint = "Set CSRF_TRUSTED_ORIGINS, such as to ['https://app.example.net']."
        found.append(warning("starterkit_auth.W018", text, hint))
    return found
