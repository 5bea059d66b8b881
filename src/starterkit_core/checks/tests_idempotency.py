"""What ``manage.py check`` says about endpoints that keep answers, and about those."""

from datetime import timedelta

import pytest
from django.core.checks import run_checks
from django.utils import timezone
from rest_framework import serializers

from starterkit_core.http.fields import IssuedSecretField
from starterkit_core.models import KeptAnswer
from starterkit_core.utils.uuid7 import first_id_at
from tests.sample.v1.things.post.use_case import CreateThing
from tests.sample.v1.things.serializers import ThingRepresentation

KEY = "tests.sample.v1.things.post"
HERE = __name__


class Reading(CreateThing):
    atomic = False


class Elsewhere(CreateThing):
    database = "elsewhere"


class Keys(serializers.Serializer):
    token = IssuedSecretField()


class WithToken(ThingRepresentation):
    token = IssuedSecretField()


class WithTokens(ThingRepresentation):
    keys = Keys(many=True)


class WithMore(ThingRepresentation):
    tags = serializers.ListField(child=serializers.CharField())


@pytest.mark.parametrize(
    ("part", "cls", "said"),
    [
        ("use_case", Reading, "only reads"),
        ("use_case", Elsewhere, "another database"),
        ("response", WithToken, "a secret"),
        ("response", WithTokens, "a secret"),
        ("response", WithMore, None),
    ],
)
def test_e040_an_answer_that_cannot_be_kept(settings, part, cls, said):
    settings.STARTERKIT_OVERRIDES = {KEY: {part: f"{HERE}.{cls.__name__}"}}

    found = [it for it in run_checks() if it.id == "starterkit_core.E040"]

    assert [said in it.msg and KEY in it.msg for it in found] == [True] * bool(said)


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "found"), [(7, []), (9, ["starterkit_core.W040"])])
def test_w040_expired_answers_were_not_purged(days, found):
    key = first_id_at(timezone.now() - timedelta(days=days))
    KeptAnswer.objects.create(id=key, user_id="1", scope="x", fingerprint="y")

    said = run_checks(
        tags=["database"], include_deployment_checks=True, databases=["default"]
    )

    assert [message.id for message in said] == found
