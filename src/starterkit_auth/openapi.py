"""The security schemes in the OpenAPI document, and the description of our tag.

Importing this registers the schemes. Core imports it before it builds a document that
has one of our endpoints or uses the preset; for any other document, import it yourself.
"""

from typing import Any

from drf_spectacular.drainage import set_override
from drf_spectacular.extensions import OpenApiAuthenticationExtension

from starterkit_auth import guide
from starterkit_auth.authentication import SessionAuthentication
from starterkit_auth.http.transports import cookie_name

# A project may use our class in one view and a subclass of it in another.
set_override(SessionAuthentication, "suppress_collision_warning", value=True)


class SessionAuthenticationScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # theirs
    """Describes both transports of ``SessionAuthentication`` and its subclasses."""

    target_class = SessionAuthentication
    name = list(guide.SCHEMES)
    match_subclasses = True

    def get_security_requirement(self, auto_schema: Any) -> list[dict[str, list[Any]]]:
        """Return both as alternatives: one of them is enough."""
        return [{name: []} for name in self.name]

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, str]]:
        """Return the schemes in the order of ``name``."""
        return [
            {
                "type": "http",
                "scheme": "bearer",
                "description": "The access token of an app.",
            },
            {
                "type": "apiKey",
                "in": "cookie",
                "name": cookie_name(),
                "description": "The cookie of a browser; send no token with it.",
            },
        ]


def tags() -> dict[str, str]:
    """Return the description of this module's tag."""
    return {"Auth": guide.text()}
