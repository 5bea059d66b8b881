"""What a body costs is bounded, whatever fields a host's serializer has."""

import json

import pytest
from django.contrib.auth import get_user_model
from rest_framework import serializers

from starterkit_core.http import shapes
from tests.sample.v1.things.post.serializers import CreateThingRequest

THINGS = "/api/sample/v1/things/"
KEY = "tests.sample.v1.things.post"
MANY = 101
"""One more than a list may have that says nothing."""


class Counted(serializers.CharField):
    """Counts how often it was asked to validate something."""

    asked = 0

    def run_validation(self, data=serializers.empty):
        Counted.asked += 1
        return super().run_validation(data)


class Part(serializers.Serializer):
    name = Counted(required=False)
    names = serializers.ListField(child=Counted(), required=False)


class HostsRequest(CreateThingRequest):
    """Fields of DRF as projects write them: none says how long it may be."""

    words = serializers.ListField(child=Counted(), required=False)
    lists = serializers.ListField(
        child=serializers.ListField(child=Counted()), required=False
    )
    loose = serializers.ListField(required=False)
    labels = serializers.DictField(child=Counted(), required=False)
    parts = Part(many=True, required=False)
    part = Part(required=False)
    colors = serializers.MultipleChoiceField(choices=["red", "blue"], required=False)
    people = serializers.PrimaryKeyRelatedField(
        many=True, required=False, queryset=get_user_model()._default_manager.all()
    )
    short = Counted(max_length=20, required=False)
    anything = serializers.JSONField(required=False)
    packed = serializers.JSONField(required=False, binary=True)
    some = serializers.ListField(child=Counted(), max_length=3, required=False)
    more = serializers.ListField(child=Counted(), max_length=300, required=False)
    seen = serializers.ListField(child=Counted(), read_only=True)


@pytest.fixture
def send(settings, client_of, user):
    settings.STARTERKIT_OVERRIDES = {KEY: {"request": f"{__name__}.HostsRequest"}}
    Counted.asked = 0
    client = client_of(user)
    return lambda **body: client.post(THINGS, {"name": "Lamp", **body})


def entries(response):
    assert response.status_code == 400, response.content
    return [(it["pointer"], it["code"]) for it in response.json()["errors"]]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"words": ["x"] * MANY}, "/words"),
        ({"lists": [[]] * MANY}, "/lists"),
        ({"lists": [["x"], ["x"] * MANY]}, "/lists/1"),
        ({"loose": [1] * MANY}, "/loose"),
        ({"labels": dict.fromkeys(map(str, range(MANY)), "x")}, "/labels"),
        ({"parts": [{}] * MANY}, "/parts"),
        ({"parts": [{}, {"names": ["x"] * MANY}]}, "/parts/1/names"),
        ({"part": {"names": ["x"] * MANY}}, "/part/names"),
        ({"colors": ["red"] * MANY}, "/colors"),
        ({"people": ["0199f0a3-c5b8-7d7e-8a41-f0c2d3e4f5a6"] * MANY}, "/people"),
        ({"some": ["x"] * 4}, "/some"),
        ({"more": ["x"] * 301}, "/more"),
    ],
)
def test_a_list_is_refused_before_any_item_is_looked_at(
    send, body, pointer, django_assert_max_num_queries
):
    with django_assert_max_num_queries(1):  # of an access gate
        response = send(**body)

    assert entries(response) == [(pointer, "max_length")]
    assert not Counted.asked


def test_a_text_far_too_long_is_refused_before_any_validator(send):
    response = send(short="x" * 10_001)

    assert entries(response) == [("/short", "max_length")]
    assert not Counted.asked


def test_what_a_field_may_shorten_is_left_to_the_field(send):
    response = send(short="x" + " " * 9_999)

    assert response.status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        {"words": ["x"] * 100},
        {"more": ["x"] * 300},
        {"labels": {"a": "b"}},
        {"parts": [{"name": "x"}]},
        {"colors": ["red", "red"]},
        {"anything": [1] * 500},
        {"anything": {"a": [{"b": None}]}},
        {"packed": '{"a": [1, "\\u00e9"]}'},
        {"seen": ["x"] * MANY},
        {"unknown": ["x"] * MANY},
    ],
)
def test_takes_what_the_fields_take(send, body):
    response = send(**body)

    assert response.status_code == 201, response.content


@pytest.mark.parametrize("value", [None, 7, "x", {"a": 1}, [7]])
def test_another_type_is_refused_by_the_field(send, value):
    response = send(name=value, parts=value, part=value, words=value, labels=value)

    assert {code for _, code in entries(response)} <= {
        "invalid",
        "not_a_list",
        "not_a_dict",
        "null",
    }


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"anything": "a\0"}, "/anything"),
        ({"anything": {"a": [1, {"b": "a\0"}]}}, "/anything/a/1/b"),
        ({"loose": ["a", "\0"]}, "/loose/1"),
        ({"words": ["a", "\0"]}, "/words/1"),
        ({"labels": {"a": "\0"}}, "/labels/a"),
    ],
)
def test_text_that_no_database_holds_is_refused_in_every_field(send, body, pointer):
    response = send(**body)

    assert entries(response) == [(pointer, "null_characters_not_allowed")]


@pytest.mark.parametrize("name", ["\0", "a\0b"])
def test_a_name_that_no_database_holds_is_refused(send, name):
    response = send(anything={"deep": {name: 1}})

    assert response.status_code == 400
    assert response.json()["code"] == "parse_error"


@pytest.mark.parametrize(
    ("packed", "code"),
    [
        ("[" * 20_000, "parse_error"),
        ("[" + "[]," * 5_000 + "[]]", "parse_error"),
        ('"\\ud800"', "validation_error"),
        ('{"a\\u0000": 1}', "parse_error"),
        ("{", "validation_error"),
    ],
)
def test_json_within_a_text_is_bounded_too(send, packed, code):
    response = send(packed=packed)

    assert response.status_code == 400
    assert response.json()["code"] == code


def test_a_project_says_how_long_a_list_may_be(send, settings):
    settings.STARTERKIT_CORE = {"MAX_LIST_ITEMS": 2}

    assert entries(send(words=["x"] * 3)) == [("/words", "max_length")]
    assert send(words=["x"] * 2).status_code == 201


@pytest.mark.parametrize("value", ["x" * 100_000, "\u0301" * 100_000])
def test_a_refusal_repeats_little_of_what_was_sent(send, value):
    response = send(kind=value, labels={value[:9_000]: 7, "b": []})

    assert len(entries(response)) == 2
    assert len(response.content) < 5_000


def test_a_list_of_choices_may_have_each_of_them():
    field = serializers.MultipleChoiceField(choices=[*range(300)])

    assert shapes.most_items(field) == 300


def test_a_binary_field_reads_its_text_as_json(send):
    response = send(packed=json.dumps([1, 2]))

    assert response.status_code == 201
