from django.urls import path

from starterkit_core.http.resources import resource
from tests.sample.v1.failures.kind.get.views import FailView
from tests.sample.v1.things.get.views import ListThingsView
from tests.sample.v1.things.post.views import CreateThingView

urlpatterns = [
    path("things/", resource(get=ListThingsView, post=CreateThingView), name="things"),
    path("failures/<str:kind>/", resource(get=FailView), name="failures"),
]
