"""What every endpoint promises, seen on the endpoints of a sample host app."""

from http import HTTPStatus
from inspect import unwrap

import pytest
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import resolve
from rest_framework import serializers
from rest_framework.views import APIView

from starterkit_core.http.endpoints import EndpointView
from starterkit_core.http.shared_serializers import (
    is_per_request,
    represented,
    represented_rows,
    shared,
    validated,
)
from tests.sample.models import Thing
from tests.sample.signals import thing_created
from tests.sample.v1.things.get.views import ListThingsView
from tests.sample.v1.things.post.serializers import CreateThingRequest
from tests.sample.v1.things.post.use_case import CreateThing
from tests.sample.v1.things.post.views import CreateThingView
from tests.sample.v1.things.serializers import ThingRepresentation

URL = "/api/sample/v1/things/"
OF_KIND = "/api/sample/v1/failures/missing/"
KEY = "tests.sample.v1.things.post"

pytestmark = pytest.mark.django_db


def test_creates_and_answers_the_whole_representation(client_of, user):
    response = client_of(user).post(URL, {"name": "Lamp"})

    thing = Thing.objects.get()
    assert response.status_code == HTTPStatus.CREATED
    assert response.json() == {"id": str(thing.pk), "name": "Lamp", "note": None}


def test_needs_a_signed_in_user_by_default(api):
    response = api.post(URL, {"name": "Lamp"})

    assert response.status_code == HTTPStatus.UNAUTHORIZED
    assert response.json()["code"] == "not_authenticated"
    assert response.headers["WWW-Authenticate"]


def test_ignores_undeclared_fields(client_of, user):
    response = client_of(user).post(URL, {"name": "Lamp", "id": 7, "created_at": "x"})

    assert response.status_code == HTTPStatus.CREATED


def test_every_answer_carries_the_safe_headers(api):
    headers = api.get(URL).headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Request-ID"]
    assert "Authorization" in headers["Vary"]


def test_keeps_a_well_formed_request_id_and_replaces_any_other(api):
    kept = api.get(URL, headers={"X-Request-ID": "trace-12345678"})
    replaced = api.get(URL, headers={"X-Request-ID": "evil\nline"})

    assert kept.headers["X-Request-ID"] == "trace-12345678"
    assert replaced.headers["X-Request-ID"] != "evil\nline"


def test_head_answers_like_get_without_a_body(api):
    response = api.head(URL)

    assert response.status_code == HTTPStatus.OK
    assert response.content == b""


def test_head_has_the_parameters_of_the_path(api):
    answers = [getattr(api, method)(OF_KIND) for method in ("get", "head")]

    assert {answer.status_code for answer in answers} == {HTTPStatus.NOT_FOUND}


def test_a_visitor_with_a_row_is_not_signed_in(api, user, settings):
    """As django-guardian has it: the row of the user who stands for visitors."""
    visitor = {"UNAUTHENTICATED_USER": lambda: user}
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, **visitor}

    response = api.post(URL, {"name": "Lamp"})

    assert response.status_code == HTTPStatus.UNAUTHORIZED
    assert response.json()["code"] == "not_authenticated"


@pytest.mark.parametrize("method", ["put", "patch", "delete", "trace"])
def test_names_the_methods_of_the_url_when_refusing_another(api, method):
    response = getattr(api, method)(URL)

    assert response.status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert response.headers["Allow"] == "GET, POST, OPTIONS"
    assert response.json()["code"] == "method_not_allowed"


def test_options_only_lists_the_methods(api):
    response = api.options(URL)

    assert response.status_code == HTTPStatus.NO_CONTENT
    assert response.headers["Allow"] == "GET, POST, OPTIONS"


def test_a_method_override_header_is_ignored(api):
    response = api.get(URL, headers={"X-HTTP-Method-Override": "POST"})

    assert response.status_code == HTTPStatus.OK


def test_a_read_opens_no_transaction(api):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        api.get(URL)

    assert [query["sql"][:6] for query in queries] == ["SELECT"]


def test_a_refusal_rolls_back_the_use_case(client_of, user):
    Thing.objects.create(name="Lamp")

    response = client_of(user).post(URL, {"name": "Lamp"})

    assert response.status_code == HTTPStatus.CONFLICT
    assert response.json()["code"] == "name_taken"
    assert Thing.objects.count() == 1


def test_announces_after_commit_only(client_of, user, received):
    things = received(thing_created)

    client_of(user).post(URL, {"name": "Lamp"})
    client_of(user).post(URL, {"name": "Lamp"})

    assert [facts["thing"].name for facts in things] == ["Lamp"]


class ShoutingCreateThing(CreateThing):
    """A host's use case: one step replaced, an extra field used."""

    def thing_fields(self):
        shade = self.input.extra.get("shade", "")
        return super().thing_fields() | {"note": f"{self.input.name}! {shade}".strip()}


class ShadedRequest(CreateThingRequest):
    """A host's request: one more field."""

    shade = serializers.CharField()


class LoudRepresentation(ThingRepresentation):
    """A host's answer: one more field, made from the request."""

    asked_by = serializers.SerializerMethodField()

    def get_asked_by(self, thing) -> str:
        assert "request" in self.context
        return str(self.context["request"].user.pk)


def test_a_host_can_replace_one_step(client_of, user, settings):
    settings.STARTERKIT_OVERRIDES = {KEY: f"{__name__}.ShoutingCreateThing"}

    response = client_of(user).post(URL, {"name": "Lamp"})

    assert response.json()["note"] == "Lamp!"


def test_a_host_can_add_a_field_to_request_and_answer(client_of, user, settings):
    settings.STARTERKIT_OVERRIDES = {
        KEY: {
            "use_case": f"{__name__}.ShoutingCreateThing",
            "request": f"{__name__}.ShadedRequest",
            "response": f"{__name__}.LoudRepresentation",
        }
    }

    missing = client_of(user).post(URL, {"name": "Lamp"})
    given = client_of(user).post(URL, {"name": "Lamp", "shade": "red"})

    assert missing.json()["errors"][0]["pointer"] == "/shade"
    assert given.json()["note"] == "Lamp! red"
    assert given.json()["asked_by"] == str(user.pk)


def test_the_shared_serializer_knows_the_request_of_each_caller(
    client_of, make_user, settings
):
    settings.STARTERKIT_OVERRIDES = {
        KEY: {"response": f"{__name__}.LoudRepresentation"}
    }
    first, second = make_user(), make_user()

    answers = [
        client_of(who).post(URL, {"name": name}).json()["asked_by"]
        for who, name in [(first, "Lamp"), (second, "Desk")]
    ]

    assert answers == [str(first.pk), str(second.pk)]


def test_a_serializer_is_built_once_for_all_requests():
    assert shared(CreateThingRequest) is shared(CreateThingRequest)
    assert shared(CreateThingRequest) is not shared(CreateThingRequest, partial=True)


class PickyRequest(serializers.Serializer):
    """A request that reads what was sent, as DRF documents."""

    per_request = True

    name = serializers.CharField()

    def validate(self, attrs):
        return {**attrs, "sent": "name" in self.initial_data}


def test_a_serializer_can_ask_to_be_built_for_each_request():
    assert validated(PickyRequest, {"name": "Lamp"}) == {"name": "Lamp", "sent": True}
    assert validated(PickyRequest, {}, partial=True) == {"sent": False}


class ByCaller(ThingRepresentation):
    """Shows the note to its owner only, as many a host does."""

    def get_fields(self):
        fields = super().get_fields()
        if self.context["request"].user.is_superuser:
            fields.pop("note")
        return fields


class ByConstructor(ThingRepresentation):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.context["request"].user.is_superuser:
            self.fields.pop("note")


class Outer(ThingRepresentation):
    inner = ByCaller(source="*")


class Below(ByCaller):
    """Says nothing of its own."""


class Promised(ThingRepresentation):
    per_request = False

    def get_fields(self):
        return super().get_fields()


class Broken(Promised):
    """A subclass does not keep the promise of its parent."""

    def get_fields(self):
        return super().get_fields()


@pytest.mark.parametrize("kind", ["ByCaller", "ByConstructor", "Below", "Outer"])
@pytest.mark.parametrize("blind_first", [True, False])
def test_fields_that_depend_on_the_caller_are_not_shared(
    client_of, make_user, settings, kind, blind_first
):
    settings.STARTERKIT_OVERRIDES = {KEY: {"response": f"{__name__}.{kind}"}}
    blind = make_user(is_superuser=True)
    callers = [(blind, False), (make_user(), True)]

    for who, sees in callers if blind_first else reversed(callers):
        answer = client_of(who).post(URL, {"name": f"Lamp {sees}"}).json()

        assert ("note" in answer.get("inner", answer)) == sees


@pytest.mark.parametrize(
    ("kind", "per_request"), [(Promised, False), (Broken, True), (Below, True)]
)
def test_a_serializer_can_promise_that_its_fields_are_always_the_same(
    kind, per_request
):
    assert is_per_request(kind) == per_request


def test_what_each_request_needs_anew_is_not_handed_out_as_shared():
    with pytest.raises(TypeError, match="made for each request"):
        shared(ByCaller)


def test_a_view_without_a_user_raises_rather_than_returning_an_anonymous_one(rf):
    view = EndpointView()
    view.request = view.initialize_request(rf.get("/"))

    assert not isinstance(view.request.user, AbstractBaseUser)
    with pytest.raises(Exception, match="credentials"):
        _ = view.user


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "count=all"])
def test_refuses_an_invalid_page(api, query):
    response = api.get(f"{URL}?{query}")

    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert response.json()["errors"][0]["pointer"] == f"/{query.split('=')[0]}"


def test_refuses_a_parameter_that_stands_twice(api):
    response = api.get(f"{URL}?limit=1&limit=2")

    assert response.json()["errors"][0]["code"] == "repeated"


def test_pages_through_a_list(api):
    for name in ("a", "b", "c"):
        Thing.objects.create(name=name)

    first = api.get(f"{URL}?limit=2&count=exact").json()
    second = api.get(URL, {"limit": 2, "cursor": first["next"]}).json()

    names = [row["name"] for row in first["results"] + second["results"]]
    assert names == ["c", "b", "a"]
    assert (first["count"], second["next"]) == (3, None)


def test_a_url_is_known_by_its_endpoints_and_their_folder():
    several, one = resolve(URL), resolve("/api/sample/v1/failures/bug/")

    assert several._func_path == "tests.sample.v1.things.ListThingsView_CreateThingView"
    assert one._func_path == "tests.sample.v1.failures.kind.get.views.FailView"
    assert (
        several.func.__doc__ == f"{ListThingsView.__doc__}\n{CreateThingView.__doc__}"
    )
    assert (one.func.__name__, one.func.__qualname__) == ("FailView", "FailView")


def test_a_url_has_every_attribute_that_drf_gives_a_view():
    of_drf = vars(APIView.as_view()).keys() - {"__wrapped__"}

    view = resolve(URL).func

    assert vars(view).keys() >= of_drf
    assert (view.csrf_exempt, view.login_required) == (True, False)
    assert view.view_class is view.cls
    assert unwrap(view) is view


class Row:
    """What a list shows."""

    def __init__(self, **columns):
        vars(self).update(columns)

    @property
    def computed(self):
        return f"{self.name}!"

    def called(self):
        return 7


class PlainRows(serializers.Serializer):
    """Fields that are attributes."""

    name = serializers.CharField()
    other = serializers.CharField(source="name")
    flag = serializers.BooleanField(allow_null=True)
    computed = serializers.CharField()


class CallingRows(PlainRows):
    """One field calls a method, one may be absent, one is of another object."""

    called = serializers.IntegerField()
    absent = serializers.CharField(required=False)
    of_other = serializers.CharField(source="other.name")
    inner = PlainRows(source="other")


class OwnRows(PlainRows):
    """A host's serializer that adds a key."""

    def to_representation(self, instance):
        return super().to_representation(instance) | {"more": True}


@pytest.mark.parametrize("serializer_class", [PlainRows, CallingRows, OwnRows])
def test_rows_are_shown_as_drf_shows_them(serializer_class):
    other = Row(name="Bob", flag=False)
    rows = [Row(name=7, flag=None, other=other), Row(name="", flag=True, other=other)]

    shown = represented_rows(serializer_class, rows)

    assert shown == [serializer_class(row).data for row in rows]
    assert shown == [represented(serializer_class, row) for row in rows]


class Orphan(Row):
    """Its owner was deleted, as can be where no constraint forbids it."""

    @property
    def owner(self):
        raise ObjectDoesNotExist


class OwnedRows(PlainRows):
    """One field is of another row."""

    owner = PlainRows(allow_null=True)


def test_a_row_of_an_object_that_is_gone_shows_null():
    (shown,) = represented_rows(OwnedRows, [Orphan(name="Bob", flag=True)])

    assert shown["owner"] is None
    assert shown["name"] == "Bob"


def test_a_row_without_an_attribute_is_the_error_of_drf():
    with pytest.raises(AttributeError, match="PlainRows"):
        represented_rows(PlainRows, [Row(flag=True)])
