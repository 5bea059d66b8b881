from starterkit_core.http.endpoints import Access, EndpointView
from tests.sample.v1.things.serializers import ThingRepresentation

from . import docs
from .use_case import ListThings, ListThingsInput


class ListThingsView(EndpointView):
    """GET v1/things/."""

    use_case = ListThings
    response_class = ThingRepresentation
    paginated = True
    access = Access.PUBLIC

    @docs.list_things
    def get(self, request):
        page = ListThings.execute(ListThingsInput(page=self.page_request()))
        return self.respond_page(page)
