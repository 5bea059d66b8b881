from http import HTTPStatus

from starterkit_core.http.endpoints import EndpointView
from starterkit_core.http.idempotency import IdempotencyKey
from tests.sample.v1.things.serializers import ThingRepresentation

from . import docs
from .serializers import CreateThingRequest
from .use_case import CreateThing, CreateThingInput


class CreateThingView(EndpointView):
    """POST v1/things/."""

    use_case = CreateThing
    request_class = CreateThingRequest
    response_class = ThingRepresentation
    success_status = HTTPStatus.CREATED
    idempotency_key = IdempotencyKey.OPTIONAL

    @docs.create_thing
    def post(self, request):
        data = self.validate()
        thing = CreateThing.execute(
            CreateThingInput(
                user=self.user,
                name=data["name"],
                note=data.get("note"),
                extra=self.extra,
            )
        )
        return self.respond(thing)
