"""Conditional requests: what the headers mean, and that no change is lost."""

import gzip
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.urls import path
from rest_framework import serializers

from starterkit_core.errors import InvalidPrecondition, PreconditionFailed
from starterkit_core.http.endpoints import EndpointView
from starterkit_core.http.idempotency import IdempotencyKey
from starterkit_core.http.preconditions import tag_of, tags_in
from starterkit_core.http.resources import resource
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.preconditions import Precondition, no_precondition
from tests.sample.models import Thing
from tests.sample.v1.things.serializers import ThingRepresentation

URL = "/thing/"

pytestmark = pytest.mark.django_db


@dataclass(frozen=True, slots=True, kw_only=True)
class ThingInput(Input):
    name: str = ""
    precondition: Precondition = no_precondition


class ReadThing(UseCase[ThingInput, Any]):
    atomic = False

    def run(self):
        return Thing.objects.get()


class Rename(UseCase[ThingInput, Any]):
    raises = (InvalidPrecondition, PreconditionFailed)

    def run(self):
        thing = Thing.objects.select_for_update().get()
        self.input.precondition(thing)
        thing.name = self.input.name
        thing.save()
        return thing


class RenameBlindly(Rename):
    """It forgets what the client demands."""

    def run(self):
        return Thing.objects.get()


class NameRequest(serializers.Serializer):
    name = serializers.CharField()


class ReadView(EndpointView):
    use_case = ReadThing
    response_class = ThingRepresentation
    conditional = True
    volatile = ("note",)

    def get(self, request):
        return self.respond(ReadThing.execute(ThingInput()))


class RenameView(EndpointView):
    """It answers less than GET does, and its tag is that of GET."""

    use_case = Rename
    request_class = NameRequest
    response_class = NameRequest
    conditional = True
    idempotency_key = IdempotencyKey.OPTIONAL

    def patch(self, request):
        changes = self.validate(partial=True)
        given = ThingInput(**changes, precondition=self.precondition)
        return self.respond(self.use_case.execute(given))


class BlindView(RenameView):
    use_case = RenameBlindly


urlpatterns = [
    path("thing/", resource(get=ReadView, patch=RenameView)),
    path("blind/", resource(get=ReadView, patch=BlindView)),
]


@pytest.fixture(autouse=True)
def here(settings):
    """Serve the views above."""
    settings.ROOT_URLCONF = __name__


@pytest.fixture
def client(client_of, user):
    return client_of(user)


@pytest.fixture
def thing():
    return Thing.objects.create(name="Lamp", note="Bright.")


@pytest.fixture
def tag(client, thing):
    return client.get(URL)["ETag"]


def rename(client, name="Desk", url=URL, **headers):
    return client.patch(url, {"name": name}, headers=headers)


def test_a_read_answers_a_strong_tag(client, thing):
    response = client.get(URL)

    assert response["ETag"][0] == response["ETag"][-1] == '"'
    assert client.get(URL)["ETag"] == client.head(URL)["ETag"] == response["ETag"]


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', "{} ,,\t{}", "*"])
def test_a_client_that_has_the_answer_gets_304(client, tag, form):
    response = client.get(URL, headers={"If-None-Match": form.format(tag, tag)})

    assert response.status_code == HTTPStatus.NOT_MODIFIED
    assert response.content == b""
    assert response["ETag"] == tag
    assert response["Vary"]
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("header", ["", "other", '"other"', '"', '"a""b"', "*, *"])
def test_any_other_client_gets_the_answer(client, tag, header):
    response = client.get(URL, headers={"If-None-Match": header})

    assert response.status_code == HTTPStatus.OK


def test_a_copy_is_outdated_by_what_changes_by_itself(client, thing, tag):
    Thing.objects.update(note="Dim.")

    response = client.get(URL, headers={"If-None-Match": tag})

    assert response.status_code == HTTPStatus.OK
    assert response["ETag"] != tag


@pytest.mark.parametrize("form", ["{}", '"other", {}', "{},", "*"])
def test_changes_what_is_as_it_was_read(client, tag, form):
    response = rename(client, **{"If-Match": form.format(tag)})

    assert response.status_code == HTTPStatus.OK
    assert response["ETag"] == client.get(URL)["ETag"] != tag


@pytest.mark.parametrize("form", ['"other"', "W/{}", 'W/{}, "other"', '""'])
def test_refuses_to_change_another_state(client, tag, form):
    response = rename(client, **{"If-Match": form.format(tag)})

    assert response.status_code == HTTPStatus.PRECONDITION_FAILED
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "precondition_failed"
    assert Thing.objects.get().name == "Lamp"


def test_what_changes_by_itself_is_no_reason_to_refuse(client, tag):
    Thing.objects.update(note="Dim.")

    assert rename(client, **{"If-Match": tag}).status_code == HTTPStatus.OK


@pytest.mark.parametrize(
    "header",
    ["", " ", ",", "other", '"', '"a" "b"', '"a""b"', '*, "a"', "w/*", '"\x7f"', '"a'],
)
def test_refuses_a_malformed_condition_instead_of_ignoring_it(client, thing, header):
    response = rename(client, **{"If-Match": header})

    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert response.json()["code"] == "invalid_precondition"
    assert Thing.objects.get().name == "Lamp"


def test_a_long_header_is_read_at_once():
    assert tags_in('"a", ' * 20_000 + '"') == frozenset()
    assert tags_in("," * 100_000) == frozenset()
    assert tags_in('"a" ' * 20_000) == frozenset()


def test_without_a_condition_the_last_writer_wins(client, tag):
    assert rename(client).status_code == HTTPStatus.OK
    assert rename(client, "Chair").status_code == HTTPStatus.OK


def test_a_read_heeds_if_match_too(client, tag):
    assert client.get(URL, headers={"If-Match": tag}).status_code == HTTPStatus.OK
    assert client.get(URL, headers={"If-Match": '"other"'}).status_code == 412
    assert client.get(URL, headers={"If-Match": "other"}).status_code == 200


def test_a_change_heeds_if_none_match_too(client, tag):
    assert rename(client, **{"If-None-Match": tag}).status_code == 412
    assert rename(client, **{"If-None-Match": "*"}).status_code == 412
    assert rename(client, **{"If-None-Match": '"other"'}).status_code == HTTPStatus.OK


def test_an_answer_that_is_repeated_for_a_retry_has_its_tag(client, tag):
    headers = {"If-Match": tag, "Idempotency-Key": "8e03978e"}
    first = rename(client, **headers)
    rename(client, "Chair")

    again = rename(client, **headers)

    assert (again.status_code, again["Idempotency-Replayed"]) == (200, "true")
    assert again["ETag"] == first["ETag"] != client.get(URL)["ETag"]


def test_refuses_with_a_key_and_keeps_no_refusal(client, tag):
    headers = {"If-Match": '"other"', "Idempotency-Key": "8e03978e"}

    assert rename(client, **headers).status_code == 412
    assert rename(client, **headers | {"If-Match": tag}).status_code == HTTPStatus.OK


@pytest.mark.parametrize("key", [{}, {"Idempotency-Key": "8e03978e"}])
def test_a_use_case_that_forgets_the_condition_is_told(client, tag, key):
    with pytest.raises(ImproperlyConfigured, match="BlindView is conditional"):
        rename(client, url="/blind/", **{"If-Match": tag}, **key)


@pytest.mark.django_db(transaction=True)
def test_of_two_changes_at_once_with_one_tag_one_is_made(at_once, client_of, user):
    Thing.objects.create(name="Lamp")
    tag = client_of(user).get(URL)["ETag"]

    answers = at_once(
        8, lambda number: rename(client_of(user), f"Desk {number}", **{"If-Match": tag})
    )

    made = [it for it in answers if it.status_code == HTTPStatus.OK]
    assert len(made) == 1
    assert {it.status_code for it in answers} == {200, 412}
    assert Thing.objects.get().name == made[0].json()["name"]


COMPRESSING = "django.middleware.gzip.GZipMiddleware"
CONDITIONAL = "django.middleware.http.ConditionalGetMiddleware"
API = "starterkit_core.middleware.ApiMiddleware"


@pytest.mark.parametrize("inner", [[COMPRESSING], [COMPRESSING, CONDITIONAL]])
def test_a_compressed_answer_has_a_strong_tag_of_its_own(client, settings, inner):
    settings.MIDDLEWARE = [API, *inner]
    Thing.objects.create(name="Lamp", note="n" * 200)
    packed = client.get(URL, headers={"Accept-Encoding": "gzip"})
    tag = packed["ETag"]

    known = client.get(URL, headers={"If-None-Match": tag, "Accept-Encoding": "gzip"})
    changed = rename(client, **{"If-Match": tag})

    assert gzip.decompress(packed.content).startswith(b"{")
    assert tag.startswith('"')
    assert tag != client.get(URL)["ETag"]
    assert known.status_code == HTTPStatus.NOT_MODIFIED
    assert changed.status_code == HTTPStatus.OK


@pytest.mark.parametrize("place", [0, 1])
def test_djangos_conditional_middleware_says_the_same(client, thing, settings, place):
    settings.MIDDLEWARE = [API]
    settings.MIDDLEWARE.insert(place, CONDITIONAL)
    tag = client.get(URL)["ETag"]

    known = client.get(URL, headers={"If-None-Match": tag})
    refused = client.get(URL, headers={"If-Match": '"other"'})

    assert (known.status_code, known["ETag"]) == (HTTPStatus.NOT_MODIFIED, tag)
    assert refused.json()["code"] == "precondition_failed"


def test_the_tag_is_of_the_state_and_then_of_what_moves():
    one = tag_of({"name": "Lamp", "seen": None}, ["seen"])
    other = tag_of({"name": "Lamp", "seen": "today"}, ["seen"])
    bare = tag_of({"name": "Lamp"}, ["seen"])

    states = {tag.strip('"').partition(".")[0] for tag in (one, other, bare)}
    assert len(states) == 1
    assert len({one, other, bare}) == 3
