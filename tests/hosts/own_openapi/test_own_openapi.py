import pytest
from django.core.management import call_command
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.settings import patched_settings

from starterkit_core import presets
from tests.hosts.own_openapi.settings import REST_FRAMEWORK, SPECTACULAR_SETTINGS

PRESET = presets.openapi("Shop")
DOCUMENTS = {
    "its own settings": {},
    "our hooks": {"POSTPROCESSING_HOOKS": PRESET["POSTPROCESSING_HOOKS"]},
    "no hooks": {"POSTPROCESSING_HOOKS": []},
    "split requests": {"COMPONENT_SPLIT_REQUEST": True},
    "the preset": {
        name: value for name, value in PRESET.items() if not name.startswith("SERVE")
    },
}
CLASSES = REST_FRAMEWORK["DEFAULT_AUTHENTICATION_CLASSES"]
ORDERS = [CLASSES[start:] + CLASSES[:start] for start in range(len(CLASSES))]
OURS = {"starterkitToken", "starterkitCookie"}
THEIRS = {"cookieAuth", "tokenAuth", "bearerAuth"}


@pytest.fixture(params=DOCUMENTS.values(), ids=DOCUMENTS)
def components(request):
    """Return the components of the document, with each of these settings."""
    with patched_settings(request.param):
        found = SchemaGenerator().get_schema(request=None, public=True)
        yield found["components"]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("options", DOCUMENTS.values(), ids=DOCUMENTS)
def test_the_document_is_valid_without_a_warning(settings, tmp_path, order, options):
    settings.REST_FRAMEWORK = {
        **REST_FRAMEWORK,
        "DEFAULT_AUTHENTICATION_CLASSES": order,
    }
    file = tmp_path / "openapi.yaml"

    with patched_settings(options):
        call_command("spectacular", validate=True, fail_on_warn=True, file=str(file))

    assert "/api/auth/v1/session/" in file.read_text("utf-8")


def test_every_scheme_of_the_host_and_of_ours_is_there(components):
    schemes = components["securitySchemes"]

    assert schemes.keys() == OURS | THEIRS
    assert schemes["cookieAuth"]["name"] == "sessionid"
    assert schemes["bearerAuth"]["description"] == "Of a partner."


def test_the_components_of_the_host_are_its_own(components):
    schemas = components["schemas"]

    assert schemas["OrderStatus"]["properties"].keys() == {"since"}
    assert schemas["Problem"]["properties"].keys() == {"parcel"}
    assert schemas["Order"]["properties"]["history"]["items"] == {
        "$ref": "#/components/schemas/OrderStatus"
    }


def test_our_parts_take_no_name_that_the_host_gives(components):
    appended = SPECTACULAR_SETTINGS["APPEND_COMPONENTS"]
    nature = components["schemas"]["TermsDocument"]["properties"]["nature"]

    assert "/TermsNature2'" in str(nature)
    assert "consent" in components["schemas"]["TermsNature2"]["enum"]
    for kind, parts in appended.items():
        assert {name: components[kind][name] for name in parts} == parts


def test_our_enums_are_named_whatever_the_hooks(components):
    names = set(components["schemas"])

    assert {"AuthTransport", "AuthConfirmationStatus"} <= names
    assert [name for name in names if name.endswith("Enum")] in ([], ["StatusEnum"])
