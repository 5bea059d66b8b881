import sys
from types import ModuleType

import pytest
from django.urls import include, path
from rest_framework.views import APIView

from starterkit_core import presets
from starterkit_core.checks.preset import READERS, check_preset

OWN = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.TokenAuthentication"
    ]
}


@pytest.fixture
def tokens(monkeypatch, settings):
    """Let the project have the tokens of an app with this setting."""
    settings.SHOP_TOKENS = {}
    [reader] = OWN["DEFAULT_AUTHENTICATION_CLASSES"]
    monkeypatch.setitem(READERS, "SHOP_TOKENS", reader)


def test_w016_tokens_that_the_preset_reads_no_more(tokens, settings):
    settings.REST_FRAMEWORK = presets.rest_framework(
        ["rest_framework.authentication.SessionAuthentication"]
    )

    [message] = check_preset()

    assert message.id == "starterkit_core.W016"
    assert "SHOP_TOKENS" in message.msg


def test_w016_tokens_that_only_a_url_hands_out(monkeypatch, settings):
    [reader] = OWN["DEFAULT_AUTHENTICATION_CLASSES"]
    theirs = type("ObtainView", (APIView,), {"__module__": "shop_tokens.views"})
    mine = type("MyObtainView", (theirs,), {})
    urls = ModuleType("tests_preset_urls")
    urls.urlpatterns = [path("auth/", include([path("token/", mine.as_view())]))]
    monkeypatch.setitem(sys.modules, urls.__name__, urls)
    monkeypatch.setitem(READERS, "shop_tokens", reader)
    settings.ROOT_URLCONF = urls.__name__

    settings.REST_FRAMEWORK = presets.rest_framework()
    [message] = check_preset()
    settings.REST_FRAMEWORK = presets.rest_framework([reader])

    assert "shop_tokens" in message.msg
    assert check_preset() == []


@pytest.mark.parametrize(
    "given",
    [
        presets.rest_framework(OWN["DEFAULT_AUTHENTICATION_CLASSES"]),
        presets.rest_framework_beside(OWN, []),
        {},
    ],
)
def test_w016_is_silent_where_they_are_read_or_the_preset_is_not_used(
    tokens, settings, given
):
    settings.REST_FRAMEWORK = given

    assert check_preset() == []


def test_the_preset_beside_writes_down_the_defaults_of_drf():
    first = "shop.First"

    made = presets.rest_framework_beside({"PAGE_SIZE": 2}, [first])

    assert made["PAGE_SIZE"] == 2
    assert made["DEFAULT_AUTHENTICATION_CLASSES"] == [
        first,
        "rest_framework.authentication.SessionAuthentication",
        "rest_framework.authentication.BasicAuthentication",
    ]


def test_the_preset_beside_may_be_used_twice():
    once = presets.rest_framework_beside(OWN, ["shop.First"])

    assert presets.rest_framework_beside(once, ["shop.First"]) == once
