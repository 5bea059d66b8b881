"""Links in mails: pages of the project's front end."""

from starterkit_auth.conf import conf
from starterkit_core.utils.secrets import Secret


def link(url: str, token: str) -> Secret:
    """Return the URL of the page that submits ``token``, or ``""`` without a page.

    It is built from the settings alone, as the ``Host`` of a request can be forged.
    """
    frontend = conf.FRONTEND_URL.rstrip("/")
    if not token or ("{frontend}" in url and not frontend):
        return Secret()
    return Secret(url.replace("{frontend}", frontend).replace("{token}", token))
