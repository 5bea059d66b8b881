"""The security schemes in the OpenAPI document; importing this registers them.

Core does before a document is built that has one of our endpoints or uses the preset;
whoever builds one with neither does it by hand.
"""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension

from starterkit_auth.services.transports import cookie_name


class SessionAuthenticationScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Describes both transports of ``SessionAuthentication``."""

    target_class = "starterkit_auth.authentication.SessionAuthentication"
    name = ["bearerAuth", "cookieAuth"]
    match_subclasses = True

    def get_security_requirement(self, auto_schema: Any) -> list[dict[str, list[Any]]]:
        """Say that one of them is enough."""
        return [{name: []} for name in self.name]

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, str]]:
        """Return the schemes in the order of ``name``."""
        return [
            {"type": "http", "scheme": "bearer"},
            {"type": "apiKey", "in": "cookie", "name": cookie_name()},
        ]
