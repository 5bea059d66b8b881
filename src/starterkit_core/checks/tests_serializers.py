"""What ``manage.py check`` says about serializers that all requests share."""

import pytest
from django.core.checks import run_checks
from rest_framework import serializers

from tests.sample.v1.things.post.serializers import CreateThingRequest
from tests.sample.v1.things.post.views import CreateThingView
from tests.sample.v1.things.serializers import ThingRepresentation

KEY = "tests.sample.v1.things.post"
HERE = __name__


class Curious(CreateThingRequest):
    def validate(self, attrs):
        return {**attrs, "loud": "loud" in self.initial_data}


class Comparing(CreateThingRequest):
    def validate(self, attrs):
        return attrs if self.instance is None else {}


class CuriousPerRequest(Curious):
    per_request = True


class Modest(CreateThingRequest):
    shade = serializers.CharField()

    def validate(self, attrs):
        return attrs


class Showing(ThingRepresentation):
    def to_representation(self, instance):
        return {**super().to_representation(instance), "shown": True}


@pytest.mark.parametrize(
    ("part", "cls", "read"),
    [
        ("request", Curious, "initial_data"),
        ("request", Comparing, "instance"),
        ("request", CuriousPerRequest, None),
        ("request", Modest, None),
        ("response", Showing, None),
    ],
)
def test_e016_a_shared_serializer_that_reads_one_request(settings, part, cls, read):
    settings.STARTERKIT_OVERRIDES = {KEY: {part: f"{HERE}.{cls.__name__}"}}

    found = [it for it in run_checks(tags=["starterkit"]) if it.obj is cls]

    assert [it.id for it in found] == (["starterkit_core.E016"] if read else [])
    assert all(read in it.msg and "per_request" in it.hint for it in found)


def test_e016_finds_the_serializer_of_an_endpoint_of_the_host(monkeypatch):
    monkeypatch.setattr(CreateThingView, "request_class", Curious)

    found = [it for it in run_checks(tags=["starterkit"]) if it.obj is Curious]

    assert [it.id for it in found] == ["starterkit_core.E016"]
