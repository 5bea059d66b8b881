from collections.abc import Mapping
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import Access, EndpointView
from starterkit_core.http.shared_serializers import represented
from starterkit_users.use_cases.read_sections import ReadSections, ReadSectionsInput
from starterkit_users.v1.me.serializers import (
    AccountRepresentation,
    SectionsRepresentation,
)

from . import docs
from .use_case import ReadAccount, ReadAccountInput


class ReadAccountView(EndpointView):
    """GET v1/me/."""

    use_case = ReadAccount
    response_class = AccountRepresentation
    raises = ReadSections.raises
    conditional = True
    volatile = ("sections",)
    access = Access.SIGNED_IN

    sections: Mapping[str, Any] | None = None
    """What other modules add, if the client asks for it."""

    @docs.read_account
    def get(self, request: Request) -> Response:
        account = ReadAccount.execute(ReadAccountInput(user=self.user))
        if names := ",".join(request.query_params.getlist("include")):
            self.sections = ReadSections.execute(
                ReadSectionsInput(user=self.user, names=names.split(","))
            )
        return self.respond(account)

    def represent(self, instance: object) -> Any:
        """Return the account, with the sections that were asked for."""
        body = super().represent(instance)
        if self.sections is None:
            return body
        shown = represented(SectionsRepresentation, self.sections)
        return {**body, "sections": {name: shown[name] for name in self.sections}}
