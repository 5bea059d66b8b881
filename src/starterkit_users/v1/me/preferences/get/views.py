from drf_spectacular.utils import OpenApiExample
from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import Access, EndpointView
from starterkit_users.services import account_fields
from starterkit_users.v1.me.preferences import examples
from starterkit_users.v1.me.preferences.serializers import PreferencesRepresentation

from . import docs
from .use_case import ReadPreferences, ReadPreferencesInput


class ReadPreferencesView(EndpointView):
    """GET v1/me/preferences/."""

    use_case = ReadPreferences
    response_class = PreferencesRepresentation
    conditional = True
    access = Access.SIGNED_IN

    @classmethod
    def is_available(cls) -> bool:
        return account_fields.has_preferences()

    @classmethod
    def documented_examples(cls) -> list[OpenApiExample]:
        return examples.answers()

    @docs.read_preferences
    def get(self, request: Request) -> Response:
        account = ReadPreferences.execute(ReadPreferencesInput(user=self.user))
        return self.respond(account)
