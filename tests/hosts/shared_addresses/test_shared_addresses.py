from datetime import UTC, datetime
from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.backends import BaseBackend
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from starterkit_auth.models import EmailAddress
from starterkit_auth.services import addresses
from starterkit_auth.v1.session.post.use_case import SignIn
from starterkit_core.testing.plugin import PASSWORD
from tests.processes import run_python

LONG_AGO = datetime(2011, 5, 17, 12, tzinfo=UTC)
OTHER = "another horse another battery"


@pytest.fixture
def first(make_user):
    """The account that has had the address for years."""
    return make_user(username="first", email="ada@example.com", date_joined=LONG_AGO)


@pytest.fixture
def later(make_user):
    """Return a function that makes what the host's own sign-up makes later."""

    def make(email="ADA@example.com", **fields):
        return make_user(email=email, password=OTHER, **fields)

    return make


def run(*arguments, **options):
    out = StringIO()
    call_command(*arguments, stdout=out, **options)
    return out.getvalue()


def prove(person):
    """Sign in, answer the mail, and return the id of the account."""
    assert person.sign_in().json()["code"] == "email_unverified"
    assert person.confirm().status_code == 201
    return person.read_me().json()["id"]


@pytest.mark.parametrize(
    "spelling", ["ada@example.com", "ADA@Example.com", "ada@EXAMPLE.com"]
)
def test_a_later_account_does_not_lock_the_first_one_out(
    person, first, later, spelling
):
    later(spelling)

    assert prove(person) == str(first.pk)


def test_a_later_account_does_not_take_the_address_even_when_it_is_used(
    person, first, later
):
    later(last_login=timezone.now())

    assert prove(person) == str(first.pk)


def test_another_account_gets_in_neither_before_nor_after_the_proof(
    person, first, later
):
    later()
    body = {"email": person.email, "password": OTHER}

    before = person.send("POST auth/v1/session/", body)
    prove(person)
    after = person.send("POST auth/v1/session/", body)

    assert [before.status_code, after.status_code] == [401, 401]


def test_an_inactive_account_leaves_the_address_to_an_active_one(person, first, later):
    first.is_active = False
    first.save()
    active = later()
    active.set_password(PASSWORD)
    active.save()

    assert prove(person) == str(active.pk)


def test_a_proven_account_keeps_the_address_whatever_is_older(
    person, first, later, make_user
):
    prove(person)

    make_user(email="Ada@example.com", date_joined=datetime(2001, 1, 1, tzinfo=UTC))

    assert person.sign_in().status_code == 201
    assert person.read_me().json()["id"] == str(first.pk)


def test_without_proofs_an_account_that_signs_in_keeps_the_address(
    person, first, make_user, settings
):
    settings.STARTERKIT_AUTH = {"EMAIL_VERIFICATION": "off"}
    assert person.sign_in().status_code == 201

    make_user(email="Ada@example.com", date_joined=datetime(2001, 1, 1, tzinfo=UTC))

    assert person.sign_in().status_code == 201
    assert person.read_me().json()["id"] == str(first.pk)


class SignInWhileProving(SignIn):
    """Another request proves the address before this one has locked the account."""

    def open_session(self, account):
        addresses.verify(account.user)
        return super().open_session(account)


def test_a_proof_meanwhile_is_not_lost_by_a_sign_in(person, first, settings):
    settings.STARTERKIT_AUTH = {"EMAIL_VERIFICATION": "off"}
    replaced = {"use_case": f"{__name__}.SignInWhileProving"}
    settings.STARTERKIT_OVERRIDES = {"starterkit_auth.v1.session.post": replaced}

    assert person.sign_in().status_code == 201

    assert EmailAddress.objects.get(user=first).verified_at is not None


def test_a_sign_up_makes_no_third_account_and_tells_the_owner(
    person, first, later, mailbox
):
    later()

    response = person.sign_up()

    assert response.status_code == 202
    assert get_user_model().objects.count() == 2
    [mail] = mailbox
    assert mail.to == ["ada@example.com"]
    assert "Several accounts" in mail.body
    assert "first" in mail.body


def test_a_sign_up_leaves_an_account_that_holds_its_address_alone(person, first, later):
    later()
    run("auth_addresses", "--keep", "oldest", "--apply")

    person.sign_up()

    before, first.password = first.password, ""
    first.refresh_from_db()
    assert first.password == before


def test_the_mail_of_a_first_sign_in_is_for_the_person_who_signed_in(
    person, first, mailbox
):
    person.sign_in()

    [mail] = mailbox
    assert "If it was not you who has just signed up or signed in" in mail.body


def test_a_reset_mail_says_which_account_it_is_about(person, first, later, mailbox):
    later()

    person.ask_for_reset()

    [mail] = mailbox
    assert "Several accounts" in mail.body
    assert "first" in mail.body


def test_mails_about_an_address_of_one_account_say_no_such_thing(
    person, first, mailbox
):
    person.ask_for_reset()
    person.sign_up()

    assert len(mailbox) == 2
    assert "Several accounts" not in mailbox[0].body + mailbox[1].body


def test_every_address_gets_the_same_answer(person, first, later):
    later()
    answers = [person.ask_for_reset(), person.sign_up()]
    person.email = "unknown@example.com"

    others = [person.ask_for_reset(), person.sign_up()]

    for one, other in zip(answers, others, strict=True):
        assert (one.status_code, shape_of(one)) == (other.status_code, shape_of(other))


def shape_of(response):
    """Return the body without the address, and the token as so many letters."""
    body = response.json()
    token = body.pop("registration_token", "")
    return {**body, "email": ""}, len(token)


def test_many_accounts_of_one_address_cost_no_more_queries(person, first, later):
    person.sign_in()
    with CaptureQueriesContext(connection) as alone:
        person.sign_in()
    for _ in range(40):
        later()

    with CaptureQueriesContext(connection) as among_many:
        response = person.sign_in()

    assert response.json()["code"] == "email_unverified"
    assert len(among_many) == len(alone)


def test_a_sign_up_takes_no_address_that_the_database_holds_equal(person, make_user):
    user = make_user(username="jose", email="josé@example.com")
    addresses.assign(user, user.email, verified=True)
    person.email = "jose@example.com"

    person.sign_up()

    assert addresses.look_up(user.email).verified


@pytest.fixture
def old_users(make_user):
    """What an old table holds; the names say what each row is."""
    joined = datetime(2015, 1, 1, tzinfo=UTC)
    rows = [
        ("oldest", "ada@example.com", {"date_joined": LONG_AGO}),
        ("newest", "Ada@Example.com", {"date_joined": timezone.now()}),
        ("in_use", "ADA@example.com", {"last_login": timezone.now()}),
        ("blank", "", {}),
        ("blank_too", "", {}),
        ("half", "ada@", {}),
        ("inner", "a da@example.com", {}),
        ("padded", " grace@example.com ", {}),
        ("wide", "ｍａｒｙ@example.com", {}),  # noqa: RUF001  # as meant
        ("plain", "mary@example.com", {}),
        ("alone", "lin@example.com", {}),
    ]
    return {
        name: make_user(username=name, email=email, **{"date_joined": joined} | fields)
        for name, email, fields in rows
    }


def checked():
    found = run_checks(
        tags=["database"], include_deployment_checks=True, databases=["default"]
    )
    return {message.id: message.msg for message in found}


def test_a_check_counts_them(old_users):
    found = checked()

    assert found["starterkit_auth.W012"].startswith("1 address")
    assert found["starterkit_auth.W013"].startswith("5 account(s)")


def test_the_check_survives_a_database_without_tables(tmp_path):
    code = (
        "import django; django.setup()\n"
        "from starterkit_auth.checks import check_addresses\n"
        "[found] = check_addresses(databases=['default'])\n"
        "assert found.id == 'starterkit_core.I001', found\n"
        "assert check_addresses(databases=None) == []\n"
    )

    said = run_python(
        "-c", code, settings="tests.hosts.shared_addresses.settings", folder=tmp_path
    )

    assert said == ""


def test_a_command_lists_them(old_users):
    said = run("auth_addresses")

    assert "shared addresses: 2" in said
    assert "accounts without an address: 2" in said
    assert "malformed addresses: 2" in said
    assert "'a da@example.com'" in said
    assert "addresses in a spelling that sign-in cannot search for: 1" in said
    assert not EmailAddress.objects.exists()


@pytest.mark.parametrize(
    ("rule", "keeper"),
    [("oldest", "oldest"), ("newest", "newest"), ("last-sign-in", "in_use")],
)
def test_the_host_chooses_who_keeps_an_address(person, old_users, rule, keeper):
    user = old_users[keeper]

    planned = run("auth_addresses", "--keep", rule)
    assert f"keeps: {user.pk} ({keeper})" in planned
    assert not EmailAddress.objects.exists()
    run("auth_addresses", "--keep", rule, "--apply")

    assert prove(person) == str(user.pk)
    assert "starterkit_auth.W012" not in checked()
    assert "shared addresses: 0" in run("auth_addresses")


def test_accounts_with_the_same_malformed_text_share_no_address(make_user):
    for _ in range(2):
        make_user(email="not an address")

    said = run("auth_addresses", "--keep", "oldest", "--apply")

    assert "shared addresses: 0" in said
    assert "malformed addresses: 2" in said
    assert not EmailAddress.objects.exists()
    assert "starterkit_auth.W012" not in checked()


@pytest.mark.parametrize(
    "address", ["ops@intranet", "ada..lovelace@example.com", ".ada@example.com"]
)
def test_an_address_that_sign_in_refuses_is_listed(person, make_user, address):
    make_user(email=address)
    person.email = address

    assert person.sign_in().json()["code"] == "validation_error"
    assert "malformed addresses: 1" in run("auth_addresses")
    assert checked()["starterkit_auth.W013"].startswith("1 account(s)")
    imported = run("auth_import_addresses", "auth.User", "--user", "pk", "--apply")
    assert "0 imported" in imported


def test_letters_that_a_collation_takes_as_equal_stop_no_import(make_user):
    make_user(email="jose@example.com")
    make_user(email="josé@example.com")  # sign-in refuses it

    said = run("auth_import_addresses", "auth.User", "--user", "pk", "--apply")

    assert "1 imported" in said
    assert "malformed addresses: 1" in run("auth_addresses")


def test_accounts_that_share_a_domain_in_letters_are_settled(make_user):
    for _ in range(2):
        make_user(email="ada@bücher.example")

    run("auth_addresses", "--keep", "oldest", "--apply")

    assert "starterkit_auth.W012" not in checked()


def test_a_code_that_was_mailed_proves_no_address_that_is_set_later(person, first):
    person.sign_in()
    first.email = "mallory@example.com"
    first.save()

    assert person.confirm().json()["code"] == "invalid_confirmation"


def test_an_address_with_a_domain_in_letters_is_proven(person, make_user):
    person.email = "ada@bücher.example"
    user = make_user(email=person.email)

    assert prove(person) == str(user.pk)


def test_a_reset_reaches_an_address_with_a_domain_in_letters(person, make_user):
    person.email = "ada@bücher.example"
    make_user(email=person.email)
    person.ask_for_reset()

    response = person.send(
        "POST auth/v1/password/reset/confirmation/",
        {"email": person.email, "code": person.code, "new_password": OTHER},
    )

    assert response.status_code == 204


def test_applying_a_rule_makes_an_odd_spelling_findable(person, old_users):
    run("auth_addresses", "--keep", "oldest", "--apply")
    person.email = "grace@example.com"

    assert prove(person) == str(old_users["padded"].pk)


def test_a_rule_takes_no_address_from_an_account_that_proved_it(person, old_users):
    oldest = prove(person)

    run("auth_addresses", "--keep", "newest", "--apply")

    assert person.sign_in().status_code == 201
    assert person.read_me().json()["id"] == oldest


def test_proven_addresses_are_imported_from_any_model(person, old_users):
    source = ("auth.User", "--user", "pk", "--where", "username=newest")

    planned = run("auth_import_addresses", *source)
    assert "1 to import" in planned
    assert not EmailAddress.objects.exists()
    said = run("auth_import_addresses", *source, "--apply")

    assert "1 imported" in said
    assert person.sign_in().status_code == 201
    assert person.read_me().json()["id"] == str(old_users["newest"].pk)


def test_an_import_skips_what_cannot_be_proven(old_users):
    said = run("auth_import_addresses", "auth.User", "--user", "pk", "--apply")

    assert "4 imported" in said  # ada, grace, mary, lin
    assert "malformed or no longer current: 2" in said
    assert "held by another account: 3" in said


def test_an_import_can_be_repeated(person, first):
    source = ("auth.User", "--user", "pk", "--apply")
    run("auth_import_addresses", *source)
    then = EmailAddress.objects.get().verified_at

    assert "0 imported" in run("auth_import_addresses", *source)
    assert EmailAddress.objects.get().verified_at == then


class Directory(BaseBackend):
    """It accepts one name and password, for the account called ``employee``."""

    def authenticate(self, request, username=None, password=None):
        right = (username, password) == ("employee@corp.example", "of the directory")
        return get_user_model().objects.get(username="employee") if right else None


@pytest.mark.parametrize("address", ["ada@example.com", "", "no address"])
def test_a_directory_gives_its_account_no_address_that_was_not_asked_for(
    person, first, later, settings, address
):
    later(address, username="employee")
    get_user_model().objects.filter(username="employee").update(password="!")
    settings.AUTHENTICATION_BACKENDS = [f"{__name__}.Directory"]
    settings.STARTERKIT_AUTH = {**settings.STARTERKIT_AUTH, "ASK_BACKENDS": True}

    named = {"email": "employee@corp.example", "password": "of the directory"}
    answer = person.send("POST auth/v1/session/", named)

    assert answer.status_code == 201
    assert not EmailAddress.objects.exists()
    assert addresses.look_up("ada@example.com").user == first
