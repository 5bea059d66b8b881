"""What the OpenAPI document promises to people and to client generators."""

import re
import time
from collections.abc import Iterator
from datetime import datetime
from http import HTTPStatus
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import path, reverse
from django.utils.translation import trans_real
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.settings import patched_settings
from jsonschema import Draft202012Validator, FormatChecker
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_auth.http import transports
from starterkit_auth.v1.registration.post.serializers import RegisterRequest
from starterkit_core.http.endpoints import EndpointView
from starterkit_core.http.fields import EmailField, TextField
from starterkit_core.http.resources import resource
from starterkit_core.modules import modules
from starterkit_core.openapi.hooks import CONVENTIONS
from starterkit_core.openapi.views import forget_documents
from starterkit_core.use_cases import Input, UseCase
from starterkit_users.v1.me.serializers import AccountRepresentation
from tests import kept
from tests.documented import (
    Operation,
    document,
    examples_of,
    generate,
    operations,
    resolved,
)
from tests.processes import ROOT, run_python

STARTED = """
import sys
import django
from django.urls import get_resolver
django.setup()
get_resolver().url_patterns
loaded = {"drf_spectacular.openapi", "drf_spectacular.views", "django.test"}
assert not loaded & {*sys.modules}, loaded & {*sys.modules}
"""
HOST_ALONE = """
import django
django.setup()
from django.urls import path
from drf_spectacular.generators import SchemaGenerator
from rest_framework.views import APIView

class HostView(APIView):
    serializer_class = None
    def get(self, request): ...

patterns = [path("mine/", HostView.as_view())]
found = SchemaGenerator(patterns=patterns).get_schema(public=True)
schemes = {*found["components"]["securitySchemes"]}
assert schemes == {"starterkitToken", "starterkitCookie"}
"""
COMMITTED = ROOT / "docs" / "openapi.yaml"
OPERATION_ID = re.compile(r"[a-z]+(_[a-z0-9]+)+")
FORMATTED = (
    serializers.DateField,
    serializers.DateTimeField,
    serializers.EmailField,
    EmailField,
    serializers.URLField,
    serializers.UUIDField,
)
FORMATS = FormatChecker()


@FORMATS.checks("date-time", raises=ValueError)
def is_date_time(value: Any) -> bool:
    return not isinstance(value, str) or bool(datetime.fromisoformat(value).tzinfo)


def strict(schema: Any) -> Any:
    """Return ``schema`` such that a property it does not know is an error."""
    if isinstance(schema, list):
        return [strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: strict(part) for name, part in schema.items()}
    if isinstance(schema.get("properties"), dict):
        closed.setdefault("additionalProperties", False)
    return closed


def complaints(part: dict[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the examples of a body, judged by its schema."""
    components = strict(document()["components"])
    for content in part.get("content", {}).values():
        schema = strict(content["schema"]) | {"components": components}
        judge = Draft202012Validator(schema, format_checker=FORMATS)
        for name, example in content.get("examples", {}).items():
            for error in judge.iter_errors(resolved(example)["value"]):
                yield f"{name}: {error.json_path} {error.message}"


def success(operation: Operation) -> dict[str, Any]:
    return operation.answers()[operation.view.success_status]


def fields_of(serializer: serializers.BaseSerializer) -> Iterator[serializers.Field]:
    for field in getattr(serializer, "fields", {}).values():
        inner = getattr(field, "child", field)
        yield inner
        yield from fields_of(inner)


def serializers_in_use() -> Iterator[type[serializers.BaseSerializer]]:
    for view in (operation.view for operation in operations()):
        yield from filter(None, (view.active_request(), view.active_response()))


def test_it_is_valid_without_a_warning_and_without_the_database():
    # No mark that allows the database: a query would be an error.
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=StringIO())


@pytest.mark.slow
def test_the_committed_document_is_that_of_the_example(tmp_path):
    """The same that ``dev.py schema --check`` says, which is what writes it."""
    file = tmp_path / "openapi.yaml"
    write = ("-m", "django", "spectacular", "--fail-on-warn", "--file", str(file))
    example = {"settings": "example_project.settings", "folder": tmp_path}

    assert run_python(*write, **example) == ""
    kept.compare(COMMITTED, file.read_text("utf-8"))


@pytest.mark.slow
def test_a_process_that_shows_no_document_does_not_load_its_builder(tmp_path):
    """It takes longer to load than all endpoints of a module."""
    example = {"settings": "example_project.settings", "folder": tmp_path}

    assert run_python("-c", STARTED, **example) == ""


def test_every_endpoint_is_in_it_once():
    documented = [operation.key for operation in operations()]

    assert sorted(documented) == sorted(
        key
        for key in UseCase.defaults
        if key.startswith("starterkit_") and ".v1." in key
    )


def test_operations_are_named_after_module_verb_and_noun():
    ids = {it.content["operationId"]: it for it in operations()}

    assert len(ids) == len(operations())
    for name, operation in ids.items():
        assert OPERATION_ID.fullmatch(name), name
        assert name.split("_")[0] == operation.key.split(".")[0].split("_")[1], name


def test_every_operation_has_a_summary_a_description_and_a_tag():
    for operation in operations():
        said = operation.content
        assert said["summary"], operation.key
        assert not said["summary"].endswith("."), operation.key
        assert said["description"] != said["summary"], operation.key
        assert len(said["tags"]) == 1, operation.key


def test_tags_are_named_after_the_modules():
    named = {
        operation.key.split(".")[0]: operation.content["tags"][0].lower()
        for operation in operations()
    }

    assert named == {name: name.split("_")[1] for name in named}


def test_every_body_and_every_answer_has_an_example():
    missing = [
        f"{operation.key}: {place}"
        for operation in operations()
        for place, part in {
            "request": operation.content.get("requestBody", {}),
            "success": success(operation),
        }.items()
        if part.get("content") and not examples_of(part)
    ]

    assert "\n".join(missing) == ""


def test_every_operation_shows_a_refusal():
    assert [it.key for it in operations() if not it.problems()] == []


def test_every_example_fits_its_schema():
    wrong = [
        f"{operation.key}: {complaint}"
        for operation in operations()
        for part in (
            operation.content.get("requestBody", {}),
            *operation.answers().values(),
        )
        for complaint in complaints(part)
    ]

    assert "\n".join(wrong) == ""


def test_an_operation_succeeds_in_one_way():
    for operation in operations():
        successes = {status for status in operation.answers() if status < 300}
        view = operation.view
        expected = {view.success_status, view.repeated_status} - {None}
        assert successes == expected, operation.key


def test_no_field_with_a_format_may_be_blank():
    for operation in operations():
        for serializer in (
            operation.view.active_request(),
            operation.view.active_response(),
        ):
            for field in fields_of(serializer()) if serializer else ():
                blank = getattr(field, "allow_blank", False)
                assert not (blank and isinstance(field, FORMATTED)), field


def test_one_choice_of_a_module_is_one_component():
    schemas = document()["components"]["schemas"]
    choices: dict[tuple[Any, ...], list[str]] = {}
    for name, schema in schemas.items():
        module = re.match(r"[A-Z][a-z]+", name)
        if "enum" in schema and module and not name.endswith("ProblemCode"):
            choices.setdefault((module[0], *schema["enum"]), []).append(name)

    assert [names for names in choices.values() if len(names) > 1] == []


def test_a_client_may_leave_out_what_has_a_default():
    schemas = document()["components"]["schemas"]
    client = schemas["AuthClientRequest"]

    with_default = [
        f"{name}.{field}"
        for name, schema in schemas.items()
        for field, prop in schema.get("properties", {}).items()
        if "default" in prop
    ]

    assert with_default == []
    assert "required" not in client
    assert "Default: `bearer`." in client["properties"]["transport"]["description"]


def test_an_answer_with_tokens_has_all_of_them():
    schemas = document()["components"]["schemas"]
    opened = schemas["AuthOpenedSession"]
    tokens = "#/components/schemas/AuthOpenedSessionWithTokens"
    refresh = next(it for it in operations() if it.key.endswith("session.refresh.post"))

    assert {"$ref": tokens} in opened["oneOf"]
    assert opened["discriminator"]["mapping"]["bearer"] == tokens
    required = schemas["AuthOpenedSessionWithTokens"]["required"]
    assert {"access_token", "refresh_token", "expires_in"} <= {*required}
    assert "access_token" not in schemas["AuthOpenedSessionInCookie"]["properties"]
    assert success(refresh)["content"]["application/json"]["schema"]["$ref"] == tokens


@pytest.mark.parametrize(
    "name", ["email.change.confirmation", "password.reset.confirmation"]
)
def test_a_confirmation_is_by_code_or_by_link_and_never_empty(name):
    key = f"starterkit_auth.v1.{name}.post"
    operation = next(it for it in operations() if it.key == key)
    body = operation.content["requestBody"]

    schema = resolved(body["content"]["application/json"]["schema"])

    required = [{*resolved(part)["required"]} for part in schema["oneOf"]]
    assert body["required"] is True
    assert ["code" in it for it in required] == [True, False]
    assert ["token" in it for it in required] == [False, True]


def test_a_problem_has_the_codes_of_its_operation_and_their_facts():
    for operation in operations():
        codes = {problem["code"] for problem in operation.problems()}
        found = {
            content["schema"]["$ref"]
            for status, answer in operation.answers().items()
            if status >= HTTPStatus.BAD_REQUEST
            for content in answer["content"].values()
        }
        (ref,) = found
        schema = resolved({"$ref": ref})
        assert {*resolved(schema["properties"]["code"])["enum"]} == codes
        for problem in operation.problems():
            assert problem.keys() <= schema["properties"].keys(), operation.key


def test_every_tag_is_described():
    described = {tag["name"] for tag in document()["tags"] if tag["description"]}

    assert {it.content["tags"][0] for it in operations()} <= described


def test_every_component_is_prefixed_by_its_module():
    prefixes = tuple(config.component_prefix for config in modules())

    names = set(document()["components"]["schemas"])

    assert names
    assert all(prefixes)
    assert [name for name in names if not name.startswith(prefixes)] == []


def test_the_states_of_an_account_are_one_enum():
    schemas = document()["components"]["schemas"]
    answers = ("UsersAccount", "UsersUser", "UsersUserDetails", "UsersAcceptedAccount")

    named = {schemas[it]["properties"]["status"]["$ref"] for it in answers}

    assert named == {"#/components/schemas/UsersAccountStatus"}


def test_no_enum_is_named_by_a_hash():
    names = document()["components"]["schemas"]

    assert [name for name in names if re.search(r"Enum|[0-9a-f]{3}$", name)] == []


def test_the_conventions_stand_below_the_text_of_the_project():
    with patched_settings({"DESCRIPTION": "Our words."}):
        said = generate()["info"]["description"]

    assert said == f"Our words.\n\n{CONVENTIONS}"


def test_tags_explain_how_to_use_their_module():
    said = {tag["name"]: tag["description"] for tag in document()["tags"]}

    assert {"Auth", "Terms"} <= said.keys()
    assert said.keys() <= {it.content["tags"][0] for it in operations()}


def test_error_codes_in_the_guides_are_in_the_document():
    guides = "".join(tag["description"] for tag in document()["tags"])
    codes = {problem["code"] for it in operations() for problem in it.problems()}

    named = set(re.findall(r"\b[45]\d\d `(\w+)`", guides))

    assert "step_up_required" in named
    assert named <= codes


def test_temporary_refusals_document_retry_after():
    for operation in operations():
        answers = operation.answers()
        for status in answers.keys() & {429, 503}:
            assert "Retry-After" in answers[status]["headers"], operation.key


@pytest.mark.parametrize(
    ("code", "member"),
    [
        ("validation_error", "errors"),
        ("step_up_required", "how"),
        ("terms_acceptance_required", "pending"),
        ("terms_not_accepted", "pending"),
        ("weak_password", "reasons"),
    ],
)
def test_the_example_of_a_refusal_has_its_facts(code, member):
    problems = [it for op in operations() for it in op.problems() if it["code"] == code]

    assert problems
    assert all(problem[member] for problem in problems)


def test_a_generated_client_signs_out_with_its_credential():
    sign_out = document()["paths"]["/api/auth/v1/session/"]["delete"]

    assert sign_out["security"] == [
        {"starterkitToken": []},
        {"starterkitCookie": []},
        {},
    ]


def test_only_operations_that_need_a_user_ask_for_credentials():
    schemes = set(document()["components"].get("securitySchemes", {}))

    for operation in operations():
        codes = {problem["code"] for problem in operation.problems()}
        named = operation.content.get("security") or [{}]
        asks = "not_authenticated" in codes
        assert {} in named or asks, operation.key
        assert named != [{}] or not asks, operation.key
        assert {name for entry in named for name in entry} <= schemes


def test_a_document_of_host_views_alone_has_our_security_schemes(tmp_path):
    """At that time only the preset has imported what describes our authentication."""
    example = {"settings": "example_project.settings", "folder": tmp_path}

    assert run_python("-c", HOST_ALONE, **example) == ""


@pytest.mark.parametrize("name", ["schema", "docs", "redoc"])
def test_the_views_of_the_document_answer_get_but_not_options(client, name):
    """drf-spectacular fails when it is asked for the options of a page."""
    asked = client.options(reverse(name))

    assert asked.status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert client.get(reverse(name)).status_code == HTTPStatus.OK


class WithCompany(RegisterRequest):
    company = TextField(max_length=80)


class WithPlan(AccountRepresentation):
    plan = serializers.CharField()


class WithLists(RegisterRequest):
    tags = serializers.ListField(child=serializers.CharField())
    few = serializers.ListField(child=serializers.CharField(), max_length=3)
    parts = WithPlan(many=True)
    labels = serializers.DictField(child=serializers.CharField())


def properties(found: dict[str, Any], key: str, part: str) -> dict[str, Any]:
    """Return the schema of an endpoint's body in a newly generated document."""
    operation = next(it for it in operations() if it.key == key)
    said = found["paths"][operation.path][operation.method]
    bodies = {
        "request": said.get("requestBody", {}),
        "response": said["responses"][str(int(operation.view.success_status))],
    }
    (content,) = bodies[part]["content"].values()
    name = content["schema"]["$ref"].rpartition("/")[2]
    shown: dict[str, Any] = found["components"]["schemas"][name]["properties"]
    return shown


@pytest.mark.parametrize(
    ("key", "part", "replacement", "field"),
    [
        ("starterkit_auth.v1.registration.post", "request", WithCompany, "company"),
        ("starterkit_users.v1.me.get", "response", WithPlan, "plan"),
    ],
)
def test_a_field_that_a_host_adds_shows(settings, key, part, replacement, field):
    before = properties(document(), key, part)
    path = f"{replacement.__module__}.{replacement.__name__}"
    settings.STARTERKIT_OVERRIDES = {key: {part: path}}

    found = properties(generate(), key, part)

    assert found.keys() == before.keys() | {field}


def test_a_list_of_a_host_shows_how_long_it_may_be(settings):
    key = "starterkit_auth.v1.registration.post"
    document()  # before there is a replacement: it is kept for all tests
    settings.STARTERKIT_OVERRIDES = {key: {"request": f"{__name__}.WithLists"}}

    found = properties(generate(), key, "request")

    assert found["tags"]["maxItems"] == found["parts"]["maxItems"] == 100
    assert found["few"]["maxItems"] == 3
    assert found["labels"]["maxProperties"] == 100


@pytest.mark.parametrize("path", ["/api/schema/", "/api/docs/", "/api/redoc/"])
def test_the_document_is_open_to_whatever_a_request_has_for_credentials(client, path):
    client.cookies[transports.cookie_name()] = "dead"

    both = client.get(path, headers={"Authorization": "Bearer ska_dead"})
    broken = client.get(path, headers={"Authorization": "Basic"})

    assert (both.status_code, broken.status_code) == (200, 200)


@pytest.mark.parametrize("path", ["/api/schema/", "/api/docs/", "/api/redoc/"])
@pytest.mark.parametrize("sent", ["%00", "%0d%0aX:1", "%ED%A0%80", "\u20ac", "x" * 900])
def test_an_odd_version_or_language_is_like_none(client, path, sent):
    plain = client.get(path)

    for query in (f"version={sent}", f"lang={sent}"):
        answer = client.get(f"{path}?{query}")

        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == plain.headers["Content-Type"]
        disposition = "Content-Disposition"
        assert answer.headers.get(disposition) == plain.headers.get(disposition)


def test_no_catalogue_of_a_language_that_is_not_offered_is_kept(client):
    client.get("/api/schema/?lang=xx-attack")

    assert "xx-attack" not in trans_real._translations


def test_a_version_that_is_offered_is_named(client, settings):
    versioning = "rest_framework.versioning.NamespaceVersioning"
    changed = {"DEFAULT_VERSIONING_CLASS": versioning}
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | changed

    answer = client.get("/api/schema/?version=v2.1")

    assert "(v2.1)" in answer.headers["Content-Disposition"]


def test_the_document_is_built_once_for_everybody(client):
    forget_documents()
    first = client.get("/api/schema/")
    again, cost = cpu_of(lambda: client.get("/api/schema/?x=1&version=x"))
    other = client.get("/api/schema/?lang=pt-br")

    assert again.content == first.content != other.content
    assert again.headers["Content-Type"] == first.headers["Content-Type"]
    assert cost < 0.05


def cpu_of(work):
    """Return what ``work`` returns, and the CPU seconds of the cheapest of three."""
    costs = []
    for _ in range(3):
        begin = time.process_time()
        result = work()
        costs.append(time.process_time() - begin)
    return result, min(costs)


class CountCarts(UseCase[Input, None]):
    """A use case of a host."""

    def run(self) -> None:
        """Count."""


class CountCartsView(EndpointView):
    use_case = CountCarts

    def get(self, request: Request) -> Response:
        return self.respond(CountCarts.execute(Input()))


def test_an_endpoint_of_a_host_without_prose_has_not_ours():
    patterns = [path("carts/", resource(get=CountCartsView))]

    found = SchemaGenerator(patterns=patterns).get_schema(public=True)

    assert "description" not in found["paths"]["/carts/"]["get"]
