"""Links in mails: pages of the project's front end."""

from starterkit_auth.conf import conf


def link(url: str, token: str) -> str:
    """Return the page that sends ``token`` back to us, or ``""`` if none is known.

    It is made from the settings alone: a request could name any host it likes.
    """
    frontend = conf.FRONTEND_URL.rstrip("/")
    if not token or ("{frontend}" in url and not frontend):
        return ""
    return url.replace("{frontend}", frontend).replace("{token}", token)
