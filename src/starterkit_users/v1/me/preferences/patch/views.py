from drf_spectacular.utils import OpenApiExample
from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import EndpointView
from starterkit_users.services import account_fields
from starterkit_users.v1.me.preferences import examples
from starterkit_users.v1.me.preferences.serializers import PreferencesRepresentation

from . import docs
from .serializers import UpdatePreferencesRequest
from .use_case import UpdatePreferences, UpdatePreferencesInput


class UpdatePreferencesView(EndpointView):
    """PATCH v1/me/preferences/."""

    use_case = UpdatePreferences
    request_class = UpdatePreferencesRequest
    response_class = PreferencesRepresentation
    conditional = True

    @classmethod
    def is_available(cls) -> bool:
        return account_fields.has_preferences()

    @classmethod
    def documented_examples(cls) -> list[OpenApiExample]:
        return [*examples.requests(), *examples.answers()]

    @docs.update_preferences
    def patch(self, request: Request) -> Response:
        own = self.validate(partial=True)
        changes = {**own, **self.extra}  # each is declared by a module or a host
        account = UpdatePreferences.execute(
            UpdatePreferencesInput(
                user=self.user,
                changes=changes,
                precondition=self.precondition,
                client=self.client,
            )
        )
        return self.respond(account)
