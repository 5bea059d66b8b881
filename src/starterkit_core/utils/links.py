"""Links in mails: pages of the project's front end."""

from starterkit_core.utils.secrets import Secret


def link(url: str, *, frontend: str, token: str) -> Secret:
    """Return the URL of the page that submits ``token``, or ``""`` without a page.

    ``url`` is a template with ``{token}`` and perhaps ``{frontend}``. It is filled by
    settings alone, as the ``Host`` of a request can be forged.
    """
    base = frontend.rstrip("/")
    if not token or not url or ("{frontend}" in url and not base):
        return Secret()
    return Secret(url.replace("{frontend}", base).replace("{token}", token))
