"""Who may do what to whom in the users module: each caller, operation and object.

The answers are those of the second table of ``docs/security/access.md``. A new endpoint
is called as soon as it stands in the OpenAPI document, and has to stand in the table.
"""

import json
import re
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from starterkit_core.db.databases import rows_of
from starterkit_core.http.endpoints import Access
from starterkit_core.testing import isolation
from starterkit_core.testing.client import ApiClient
from starterkit_users.models import AbstractUser, Role
from starterkit_users.services.ranks import has_superuser
from starterkit_users.v1.users.examples import USER
from tests import kept
from tests.documented import Operation, operations
from tests.journey import png
from tests.processes import ROOT
from tests.security.attacks import JSON, NOBODY, example, named

User = get_user_model()
OURS = issubclass(User, AbstractUser) and not User._meta.proxy

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("no_limits"),
    pytest.mark.skipif(not OURS, reason="the page is about our user model"),
]

PAGE = ROOT / "docs" / "security" / "access.md"
HEADING = "## What each caller meets"
ROW = re.compile(r"^\| `(\w+ /api/users/\S+)` \| (\w+) \| (.+) \|$", re.MULTILINE)

CALLERS: dict[str, tuple[str, ...] | None] = {
    "anonymous": None,
    "user": (),
    "viewer": ("view",),
    "changer": ("view", "change"),
    "adder": ("view", "add"),
    "deleter": ("view", "delete"),
    "superuser": (),
}
"""Who calls, and with which permissions on users; those with any are staff."""

OBJECTS = ("own", "other", "higher", "missing")
"""Whom it is about: the caller; a user with less rights, or more; or there is none.

Only another superuser ranks as high as a superuser, and none ranks higher.
"""

BODIES: dict[str, Callable[[Any], Any]] = {
    "starterkit_users.v1.users.user_id.roles.put": lambda subject: {"roles": ["guest"]},
}
"""What is sent where the first example of the documentation would be refused."""

UPLOADS = {"starterkit_users.v1.me.avatar.put"}
"""What is sent a picture, as a form."""

QUERIES = {"starterkit_users.v1.users.user_id.delete": "?reason=test"}
"""What stands in the query of an operation that would be refused without."""

CHANGES: dict[str, set[str]] = {
    "starterkit_users.v1.me.patch": {"first_name", "last_name"},
    "starterkit_users.v1.me.preferences.patch": {"preferences"},
    "starterkit_users.v1.users.user_id.patch": {"first_name", "last_name"},
}
"""The columns of a user that an operation is there to change; the others stay."""


def of_users() -> list[Operation]:
    return [it for it in operations() if it.key.startswith("starterkit_users.")]


def writing() -> list[Operation]:
    return [it for it in of_users() if it.method != "get"]


def takes_body(operation: Operation) -> bool:
    """Return whether the documentation has a JSON body; that of a DELETE has none."""
    return JSON in operation.content.get("requestBody", {}).get("content", {})


def about_a_user(operation: Operation) -> bool:
    """Return whether the path or the example names a user."""
    text = json.dumps(example(operation)) if takes_body(operation) else ""
    return "{user_id}" in operation.path or USER["id"] in text


def objects_of(operation: Operation) -> tuple[str, ...]:
    """Return what is in the second column of the rows of an operation."""
    if about_a_user(operation):
        return OBJECTS
    return ("missing",) if "{" in operation.path else ("all",)


@pytest.fixture
def people(make_member) -> dict[str, Any]:
    """A user for each caller and each object; the rows of ``guest`` give no right."""
    Role.objects.create(key="guest", group=Group.objects.create(name="guests"))
    made = {name: make_member(is_staff=bool(acts)) for name, acts in CALLERS.items()}
    for name, acts in CALLERS.items():
        names = [f"{act}_{User._meta.model_name}" for act in acts or ()]
        found = rows_of(Permission).filter(codename__in=names)
        made[name].user_permissions.set(
            found.filter(content_type__app_label=User._meta.app_label)
        )
    made |= {"other": make_member(), "higher": make_member(is_superuser=True)}
    made["superuser"].is_superuser = True
    made["superuser"].save()
    return made


@pytest.fixture
def ask(people, open_for) -> Callable[..., Any]:
    """Send an operation as a caller, about an object; what it did is undone."""

    def send(operation, caller, about, body=None):
        subject = {"own": people[caller]}.get(about) or people.get(about)
        with transaction.atomic():
            answer = call(operation, client_for(caller), subject, body)
            transaction.set_rollback(True)
        isolation.forget_attempts()
        return answer

    def client_for(caller):
        is_anonymous = CALLERS[caller] is None
        return ApiClient() if is_anonymous else open_for(people[caller]).caller

    return send


def call(
    operation: Operation, client: ApiClient, subject: Any, body: Any = None
) -> Any:
    key = NOBODY if subject is None else str(subject.pk)
    path = re.sub(r"{\w+}", NOBODY, operation.path.replace("{user_id}", key))
    path += QUERIES.get(operation.key, "")
    if operation.key in UPLOADS:
        form = {it: str(value) for it, value in (body or {}).items()}
        form["file"] = SimpleUploadedFile("x.png", png(32))
        send = getattr(client, operation.method)
        return send(path, form, format="multipart")
    sent = b""
    if takes_body(operation) or body is not None:
        given = body_of(operation, subject) if body is None else body
        sent = json.dumps(given).replace(USER["id"], key).encode()
    return client.generic(operation.method.upper(), path, sent, JSON)


def body_of(operation: Operation, subject: Any) -> Any:
    if not takes_body(operation):
        return {}
    own = BODIES.get(operation.key)
    return own(subject) if own else example(operation)


def met(answer: Any) -> str:
    """Return the cell of an answer: the status of a success, or the code."""
    if answer.status_code < 400:
        return str(answer.status_code)
    return f"`{answer.json()['code']}`"


@pytest.mark.parametrize("operation", of_users(), ids=named)
def test_each_caller_meets_what_the_page_says(operation, ask):
    begin = f"| `{operation.method.upper()} {operation.path}` |"
    measured = [
        f"{begin} {about} | "
        + " | ".join(met(ask(operation, caller, about)) for caller in CALLERS)
        + " |"
        for about in objects_of(operation)
    ]

    page = PAGE.read_text("utf-8")
    first, _, table = page.partition(HEADING)
    others = [it for it in table.rstrip("\n").split("\n") if not it.startswith(begin)]
    begins = [it for it in others if not ROW.match(it)]
    rows = sorted([*filter(ROW.match, others), *measured], key=_place)
    kept.compare(PAGE, f"{first}{HEADING}" + "\n".join([*begins, *rows]) + "\n")


def _place(row: str) -> tuple[str, str, int]:
    """Sort by path, method and object, as in the table."""
    method, path = ROW.findall(row)[0][0].split()
    about = ROW.findall(row)[0][1]
    return path, method, OBJECTS.index(about) if about in OBJECTS else 0


def test_every_row_of_the_page_is_an_operation():
    listed = {
        row[:2] for row in ROW.findall(PAGE.read_text("utf-8").partition(HEADING)[2])
    }

    assert listed == {
        (named(operation), about)
        for operation in of_users()
        for about in objects_of(operation)
    }


@pytest.mark.parametrize("operation", of_users(), ids=named)
def test_no_caller_without_the_permission_learns_whom_there_is(operation, ask):
    if operation.view.access in {Access.PUBLIC, Access.OPTIONAL}:
        return
    callers = ["anonymous", *(["user"] if operation.view.permission else [])]

    for caller in callers:
        answers = [ask(operation, caller, about) for about in OBJECTS]

        assert {answer.status_code for answer in answers} <= {401, 403}
        assert len({without_path(answer) for answer in answers}) == 1


def without_path(answer: Any) -> str:
    problem = answer.json()
    return str({it: problem[it] for it in problem if it not in VARIES})


VARIES = {"instance", "request_id"}


@pytest.mark.parametrize(
    ("operation", "caller"),
    [*product(filter(about_a_user, writing()), ("changer", "adder", "deleter"))],
    ids=lambda it: it if isinstance(it, str) else named(it),
)
def test_no_staff_acts_on_a_higher_rank(operation, caller, people, open_for):
    before = state_of(people["higher"])

    call(operation, open_for(people[caller]).caller, people["higher"])

    assert state_of(people["higher"]) == before


@pytest.mark.parametrize("operation", writing(), ids=named)
def test_a_superuser_is_left_whatever_the_last_one_does(
    operation, make_member, open_for
):
    chief = make_member(is_superuser=True, is_staff=True)

    call(operation, open_for(chief).caller, chief)

    assert has_superuser()


def state_of(user: Any) -> dict[str, Any]:
    """Return what is saved of a user: columns, groups and permissions."""
    [columns] = rows_of(User).filter(pk=user.pk).values() or [{}]
    relations = {
        field.name: sorted(str(it.pk) for it in getattr(user, field.name).all())
        for field in User._meta.many_to_many
    }
    return {**columns, **relations}


def hostile(field: Any) -> list[Any]:
    """Return values that an attacker would like a column to have."""
    if field.many_to_many:
        return [[str(row.pk) for row in rows_of(field.related_model)[:2]]]
    if field.get_internal_type() == "BooleanField":
        return [True, False]
    if field.get_internal_type() == "DateTimeField":
        return ["2020-01-01T00:00:00Z"]
    if field.choices:
        return [value for value, _ in field.choices]
    return [NOBODY, "root@example.com"]


def protected() -> dict[str, Any]:
    """Return all columns and relations of the user model, by name."""
    fields = [*User._meta.concrete_fields, *User._meta.many_to_many]
    return {field.name: field for field in fields} | {"pk": User._meta.pk}


@pytest.mark.parametrize("operation", writing(), ids=named)
def test_no_column_is_changed_that_is_not_offered(operation, people, open_for):
    """Each is sent with a value of its own, by a superuser and by the owner."""
    if operation.view.request_class is None:
        pytest.skip("takes no body")
    offered = CHANGES.get(operation.key, set()) | {"updated_at", "last_login"}

    for caller, about in (("superuser", "other"), ("user", "user")):
        subject = people[about]
        for number in range(2):
            extra = {
                name: pick(hostile(it), number) for name, it in protected().items()
            }
            with transaction.atomic():
                plain, sent = (
                    changes_by(operation, open_for, people[caller], subject, body)
                    for body in (
                        body_of(operation, subject),
                        extra | body_of(operation, subject),
                    )
                )
                transaction.set_rollback(True)

            assert {*sent} <= {*plain} | offered
            same = {it for it in plain if not random(protected()[it])} - offered
            assert {it: sent.get(it) for it in same} == {it: plain[it] for it in same}


def random(field: Any) -> bool:
    """Return whether an act saves another value each time: a moment, or a hash."""
    return field.name == "password" or field.get_internal_type() == "DateTimeField"


def pick(values: list[Any], number: int) -> Any:
    return values[number % len(values)]


def changes_by(operation, open_for, caller, subject, body) -> dict[str, Any]:
    """Return what an operation changes of a user, by column; it is undone."""
    before = state_of(subject)
    with transaction.atomic():
        call(operation, open_for(caller).caller, subject, body)
        after = state_of(subject)
        transaction.set_rollback(True)
    isolation.forget_attempts()
    return {name: it for name, it in after.items() if before.get(name) != it}
