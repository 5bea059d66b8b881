"""The first administrator of a deployment: ``createadmin``."""

import io
import sys

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.core.management import CommandError, call_command
from model_bakery import baker

from starterkit_core.db.databases import rows_of
from starterkit_core.models import AuditEvent
from starterkit_users.models import PhoneField

pytestmark = pytest.mark.django_db

User = get_user_model()
HAS_NUMBERS = isinstance(User._meta.get_field(User.USERNAME_FIELD), PhoneField)
NAME, OTHER = (
    ("+5511961234567", "+5511961234568")
    if HAS_NUMBERS
    else ("chief@example.com", "another@example.com")
)
PASSWORD = "lighthouse-keeper-7"


@pytest.fixture
def create():
    """Run the command; the columns that the user model demands are given."""

    def run(name=NAME, *options):
        model, said = get_user_model(), io.StringIO()
        sample = baker.prepare(model)
        given = {column: getattr(sample, column) for column in model.REQUIRED_FIELDS}
        columns = [f"--set={column}={value}" for column, value in given.items()]
        call_command("createadmin", name, *columns, *options, stdout=said)
        return said.getvalue()

    return run


@pytest.fixture
def password_file(tmp_path):
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\n", "utf-8")
    return f"--password-file={file}"


def admins():
    return rows_of(get_user_model()).filter(is_superuser=True)


def test_the_administrator_can_sign_in(create, password_file):
    said = create(NAME, password_file)

    assert said == f"{NAME}: may enter the administration\n"
    admin = authenticate(username=NAME, password=PASSWORD)
    assert admin == admins().get()
    assert admin.is_staff


def test_the_password_comes_from_standard_input(create, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{PASSWORD}\r\n"))

    create(NAME, "--password-file=-")

    assert authenticate(username=NAME, password=PASSWORD)


def test_without_a_password_none_will_do(create):
    create()

    assert not admins().get().has_usable_password()


def test_records_it(create):
    create()

    event = AuditEvent.objects.get(action="users.admin_created")
    assert event.subject_id == str(admins().get().pk)


def test_the_next_deployment_makes_no_other(create):
    create()

    said = create(OTHER)

    assert said == "There is an administrator already.\n"
    assert admins().count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_deployments_at_once_one_makes_the_administrator(at_once, create):
    said = at_once(4, lambda _: create())

    assert said.count("There is an administrator already.\n") == 3
    assert admins().count() == 1


def test_an_inactive_administrator_is_none(create):
    create()
    admins().update(is_active=False)

    create(OTHER)

    assert admins().count() == 2


def test_makes_another_one_by_force(create):
    create()

    create(OTHER, "--force")

    assert admins().count() == 2


def test_refuses_the_values_of_another_account(create):
    create()

    with pytest.raises(CommandError, match="Another account has these values"):
        create(NAME, "--force")


def test_refuses_a_password_that_the_project_refuses(create, settings, tmp_path):
    validator = "django.contrib.auth.password_validation.MinimumLengthValidator"
    settings.AUTH_PASSWORD_VALIDATORS = [{"NAME": validator}]
    (tmp_path / "password").write_text("short", "utf-8")

    with pytest.raises(CommandError, match="too short"):
        create(NAME, f"--password-file={tmp_path / 'password'}")

    assert not admins().exists()


@pytest.mark.parametrize("content", [None, b"", b"\n", b"\xff"])
def test_refuses_a_file_without_a_password(create, tmp_path, content):
    file = tmp_path / "password"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(CommandError, match="password"):
        create(NAME, f"--password-file={file}")


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("--set=unknown=1", "no such column"),
        ("--set=is_active=perhaps", "must be either True or False"),
        ("--set=first_name=" + "x" * 151, "at most 150"),
    ],
)
def test_refuses_a_column_that_the_user_model_refuses(create, option, said):
    with pytest.raises(CommandError, match=said):
        create(NAME, option)

    assert not admins().exists()
