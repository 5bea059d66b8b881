"""Links in mails: pages of the project's front end."""

from starterkit_auth.conf import conf
from starterkit_core.utils import links
from starterkit_core.utils.secrets import Secret


def link(url: str, token: str) -> Secret:
    """Return the URL of the page that submits ``token``, or ``""`` without a page."""
    return links.link(url, frontend=conf.FRONTEND_URL, token=token)
