"""A scheme of the host's own, called as many are."""

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication


class PartnerAuthentication(BaseAuthentication):
    def authenticate(self, request):
        return None


class PartnerScheme(OpenApiAuthenticationExtension):
    target_class = PartnerAuthentication
    name = "bearerAuth"

    def get_security_definition(self, auto_schema):
        return {"type": "http", "scheme": "bearer", "description": "Of a partner."}
