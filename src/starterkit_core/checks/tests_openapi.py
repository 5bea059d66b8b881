"""What ``manage.py check`` says about the class that documents a host's views."""

import pytest
from django.core.checks import run_checks
from drf_spectacular.openapi import AutoSchema


class SchemaOfTheHost(AutoSchema):
    pass


def found():
    return [m for m in run_checks(tags=["starterkit"]) if m.id.endswith(".W018")]


@pytest.mark.parametrize(
    "given", [{}, {"DEFAULT_SCHEMA_CLASS": "rest_framework.schemas.openapi.AutoSchema"}]
)
def test_names_the_class_without_which_there_is_no_document(settings, given):
    settings.REST_FRAMEWORK = given

    (message,) = found()

    assert message.id == "starterkit_core.W018"
    assert "'drf_spectacular.openapi.AutoSchema'" in message.hint


@pytest.mark.parametrize(
    "given", ["drf_spectacular.openapi.AutoSchema", f"{__name__}.SchemaOfTheHost"]
)
def test_accepts_the_class_and_a_subclass(settings, given):
    settings.REST_FRAMEWORK = {"DEFAULT_SCHEMA_CLASS": given}

    assert found() == []
