"""The pages of ``docs/security`` say what the code says.

What can be read from the code is compared with the tables of the pages; a test that
fails prints the rows that are wanted.
"""

import ast
import json
import logging
import re

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import AutoField, ForeignKey
from django.test import Client

from starterkit_auth.conf import AuthSettings
from starterkit_core.conf import AppSettings, CoreSettings
from starterkit_core.http.endpoints import Access
from starterkit_core.observability import otel
from starterkit_core.observability.context import Context, Trace, entered
from starterkit_core.observability.logs import JSONFormatter
from starterkit_users.conf import UsersSettings
from tests.documented import operations
from tests.processes import ROOT

PAGES = ROOT / "docs" / "security"

SOURCES = [
    path
    for path in sorted((ROOT / "src").rglob("*.py"))
    if not path.name.startswith(("tests_", "conftest"))
    and "migrations" not in path.parts
]

ACTION = re.compile(r"(?:auth|core|users|terms)\.[a-z_]+")

NOT_ACTIONS = re.compile(r"_limited$|_skipped$")
"""Names of events that are only logged."""

LIMITS = re.compile(
    r"LIMIT|LIFETIME|GRACE|INTERVAL|COOLDOWN|MAX_|TRIES|MIN_|RETENTION|_AGE"
)


def rows(page: str) -> list[list[str]]:
    """Return the cells of every table of a page, without headings."""
    lines = [line for line in (PAGES / page).read_text().splitlines() if "|" in line]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if not set("".join(row)) <= set("- ")]


def missing(wanted: list[str], page: str) -> str:
    """Return the rows that a page lacks."""
    there = (PAGES / page).read_text()
    return "\n".join(row for row in wanted if row not in there)


def limits() -> list[str]:
    settings: list[type[AppSettings]] = [CoreSettings, AuthSettings, UsersSettings]
    return [
        f"| `{owner.namespace}['{name}']` | `{entry.default}` |"
        for owner in settings
        for name, entry in owner.entries.items()
        if LIMITS.search(name)
    ]


def test_every_limit_and_lifetime_is_listed_with_its_default():
    assert missing(limits(), "limits.md") == ""
    assert len(rows("limits.md")) == len(limits()) + 1


def access() -> list[str]:
    return [
        f"| `{op.method.upper()} {op.path}` | {who(op.view)} | {gates(op.view)} |"
        for op in operations()
    ]


def who(view) -> str:
    if view.access in {Access.PUBLIC, Access.OPTIONAL}:
        return "everybody"
    names = {permission.__name__ for permission in view.extra_permissions}
    is_proven = "StepUp" in names or view.recent_proof
    stepped_up = ["stepped up"] if is_proven else []
    if view.recent_proof is None:
        stepped_up = ["stepped up for some changes"]
    app = f"{get_user_model()._meta.app_label}."  # the page is about our model
    needed = str(view.permission).replace(app, "starterkit_users.")
    permission = [f"`{needed}`"] if needed else []
    return ", ".join(["signed in", *stepped_up, *permission])


def gates(view) -> str:
    return "yes" if view.access is Access.GATED else "no"


def test_the_document_lists_who_may_call_each_endpoint():
    assert missing(access(), "access.md") == ""
    listed = [row for row in rows("access.md") if len(row) == 3]
    assert len(listed) == len(access()) + 1  # the other table: test_matrix.py


def impersonated() -> list[str]:
    return [
        f"| `{op.method.upper()} {op.path}` | {to_impersonator(op.view)} |"
        for op in operations()
    ]


def to_impersonator(view) -> str:
    if view.access is Access.PUBLIC:
        return "no user"
    return "yes" if view.is_open_to_impersonators() else "refused"


def test_the_document_lists_what_an_impersonator_may_call():
    assert missing(impersonated(), "impersonation.md") == ""
    assert len(rows("impersonation.md")) == len(impersonated()) + 1


def actions() -> set[str]:
    texts = {
        node.value
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return {
        text
        for text in texts
        if ACTION.fullmatch(text) and not NOT_ACTIONS.search(text)
    } - {"auth.txt", "users.csv"}


def test_every_event_is_explained():
    explained = {row[0].strip("`") for row in rows("events.md")[1:]}

    assert explained == actions()


@pytest.mark.parametrize("column", [1, 2])
def test_no_event_has_an_empty_explanation(column):
    assert all(row[column] for row in rows("events.md"))


def logged_fields(caplog) -> set[str]:
    """Return the fields that a line of ours can have, of a request and of a failure."""
    trace = Trace(trace_id="0af7651916cd43dd8448eb211c80319c")
    caplog.set_level("INFO", logger="starterkit.requests")
    Client().get("/nowhere/")
    logging.getLogger("starterkit.tasks").error("Failed.", exc_info=ValueError())
    people = {"known_user_id": "7", "known_impersonator_id": "9"}
    with entered(Context(request_id="r", trace=trace, **people)):
        lines = [json.loads(JSONFormatter().format(it)) for it in caplog.records]
    ours = [line for line in lines if line["logger"].startswith("starterkit.")]
    return {name for line in ours for name in line} | extra_of_the_code()


def extra_of_the_code() -> set[str]:
    """Return each name in a literal ``extra={…}`` of a call of a logger."""
    return {
        key.value
        for call in calls()
        for keyword in call.keywords
        if keyword.arg == "extra" and isinstance(keyword.value, ast.Dict)
        for key in keyword.value.keys
        if isinstance(key, ast.Constant)
    }


def calls() -> list[ast.Call]:
    return [
        node
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
    ]


def test_every_field_of_a_log_line_is_explained(caplog):
    table = [row for row in rows("logs.md") if len(row) == 3]

    assert {row[0].strip("`") for row in table[1:]} == logged_fields(caplog)
    assert all(all(row) for row in table)


def test_every_logger_and_attribute_of_a_span_is_explained():
    names = {
        call.args[0].value
        for call in calls()
        if getattr(call.func, "attr", "") == "getLogger"
        and isinstance(call.args[0], ast.Constant)
    }
    attributes = {otel.USE_CASE, otel.REFUSAL, otel.RETRIES, otel.ERROR}

    table = {row[0].strip("`") for row in rows("logs.md") if len(row) == 2}

    assert table - {"Logger", "Attribute"} == names | attributes


def inventory() -> list[str]:
    return [
        f"| `{model._meta.label}` | {', '.join(fields(model))} |"
        for model in sorted(apps.get_models(), key=lambda model: model._meta.label)
        if model._meta.label.startswith("starterkit_")
    ]


def fields(model) -> list[str]:
    return [
        f"`{field.name}`"
        for field in model._meta.concrete_fields
        if not isinstance(field, AutoField)
        and (field.name != "id" or isinstance(field, ForeignKey))
    ]


def test_every_model_and_field_is_in_the_inventory():
    assert missing(inventory(), "data.md") == ""


def test_every_purpose_of_a_key_is_explained():
    page = (PAGES / "keys.md").read_text()
    purposes = set()
    for path in SOURCES:
        purposes |= {*re.findall(r"purpose = f?b?\"([\w. ]+)", path.read_text())}
        purposes |= {*re.findall(r"purpose=b\"([\w. ]+)", path.read_text())}
        purposes |= {*re.findall(r"salt=f?b?\"([\w. ]+)", path.read_text())}
        purposes |= {*re.findall(r"salted_hmac\(\s*\"([\w. ]+)", path.read_text())}

    assert len(purposes) >= 4
    assert {purpose for purpose in purposes if purpose.strip() not in page} == set()
