from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import EndpointView
from starterkit_users.services import user_rows
from starterkit_users.use_cases.run_bulk import RunBulk, RunBulkInput
from starterkit_users.v1.users.bulk.serializers import BulkRepresentation

from . import docs
from .serializers import StartBulkRequest, given_of
from .use_case import StartBulk, StartBulkInput


class StartBulkView(EndpointView):
    """POST v1/users/bulk/."""

    use_case = StartBulk
    request_class = StartBulkRequest
    response_class = BulkRepresentation
    success_status = HTTPStatus.CREATED
    permission = user_rows.permission("change")
    recent_proof = True

    @docs.start_bulk
    def post(self, request: Request) -> Response:
        body = self.validate()
        job = StartBulk.execute(
            StartBulkInput(
                act=body["act"],
                actor=self.user,
                ids=body.get("ids", ()),
                filters=body.get("filters"),
                count=body.get("count"),
                given=given_of(body),
                client=self.client,
                extra=self.extra,
            )
        )
        return self.respond(
            RunBulk.execute(
                RunBulkInput(job_id=str(job.pk), is_awaited=True, client=self.client)
            )
        )

    def success_headers(self, instance: Any) -> Mapping[str, str]:
        """Return where the bulk act can be read."""
        return {"Location": f"{self.request.path}{instance.job.pk}/"}
