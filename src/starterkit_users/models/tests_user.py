"""The user model: an address belongs to one account, whatever its spelling."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth import authenticate, get_user_model
from django.contrib.auth.checks import check_user_model
from django.core import serializers
from django.core.exceptions import FieldError, ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet, Value
from django.db.models.functions import Concat, Lower, Replace

from starterkit_core.addresses import canonical_email
from starterkit_users.models import AbstractUser
from starterkit_users.models import user as user_module

User = get_user_model()

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not issubclass(User, AbstractUser), reason="the project has another user model"
    ),
]

SPELLINGS = ["ada@example.com", "ADA@Example.COM", "\uff21da@example.com"]


@pytest.fixture
def ada(make_user):
    return make_user(email="Ada@Example.com")


def test_keeps_the_address_as_typed_and_finds_it_in_any_spelling(ada):
    ada.full_clean()
    ada.save()

    assert User.objects.get(pk=ada.pk).email == "Ada@Example.com"
    for spelling in SPELLINGS:
        assert User.objects.get_by_natural_key(spelling) == ada
        assert async_to_sync(User.objects.aget_by_natural_key)(spelling) == ada
        assert User.objects.with_address(spelling).get() == ada


@pytest.mark.parametrize("text", ["", None, "ada", "ada@", "a\x00@example.com"])
def test_finds_no_user_by_an_invalid_address(ada, text):
    with pytest.raises(User.DoesNotExist):
        User.objects.get_by_natural_key(text)

    assert not User.objects.with_address(text or "").exists()


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_the_database_refuses_another_spelling_of_a_taken_address(
    ada, make_user, spelling
):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_user(email=spelling)


@pytest.mark.parametrize("spelling", SPELLINGS[:2])
def test_validation_names_the_address_that_is_taken(ada, make_user, spelling):
    other = make_user()
    other.email = spelling

    with pytest.raises(ValidationError) as refused:
        other.full_clean()

    assert refused.value.message_dict == {
        "email": ["Another account has this address."]
    }


def test_validation_refuses_an_address_without_a_canonical_form(make_user):
    other = make_user()
    other.email = "ada@exa\u200bmple.com"

    with pytest.raises(ValidationError) as refused:
        other.full_clean()

    assert refused.value.message_dict.keys() == {"email"}


@pytest.mark.parametrize("fields", [None, ["email"], ["email", "first_name"]])
def test_the_key_follows_the_address_on_every_save(ada, fields):
    ada.email = "Grace@Example.com"

    ada.save(update_fields=fields)

    assert User.objects.get(pk=ada.pk).email_key == "grace@example.com"


def test_saving_other_fields_leaves_the_key_alone(ada):
    ada.email = "grace@example.com"
    ada.first_name = "Ada"

    ada.save(update_fields=["first_name"])

    assert User.objects.get(pk=ada.pk).email_key == "ada@example.com"


def test_the_key_follows_the_address_in_bulk(make_user, host_fields):
    made = User.objects.bulk_create(
        [User(email="One@Example.com", **host_fields())], batch_size=1
    )[0]
    assert User.objects.get(pk=made.pk).email_key == "one@example.com"

    User.objects.filter(pk=made.pk).update(email="Two@Example.com")
    assert User.objects.get(pk=made.pk).email_key == "two@example.com"

    made.email = "Three@Example.com"
    User.objects.bulk_update([made], ["email"])
    User.objects.bulk_update([made], ["first_name"])
    assert User.objects.get(pk=made.pk).email_key == "three@example.com"


def key_of(user):
    return User.objects.values_list("email_key", flat=True).get(pk=user.pk)


@pytest.mark.parametrize("given", [None, "stale@example.com"])
def test_a_fixture_gets_the_key_of_its_address(ada, tmp_path, given):
    [row] = json.loads(serializers.serialize("json", [ada]))
    row["fields"]["email"] = "Grace@Example.com"
    row["fields"].pop("email_key")
    row["fields"] |= {"email_key": given} if given else {}
    file = tmp_path / "users.json"
    file.write_text(json.dumps([row]), "utf-8")

    call_command("loaddata", str(file), verbosity=0)

    assert key_of(ada) == "grace@example.com"
    assert User.objects.get_by_natural_key("grace@example.com") == ada


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (Lower("email"), "ada@example.com"),
        (Concat(Value("x."), "email"), "x.ada@example.com"),
        (Replace("email", Value("Ada"), Value("josé")), "josé@example.com"),
        (Value("GRACE@example.com"), "grace@example.com"),
    ],
)
def test_an_update_by_expression_sets_the_key(ada, make_user, expression, expected):
    other = make_user(email="other@example.com")
    chosen = User.objects.filter(email="Ada@Example.com")

    number = chosen.update(email=expression, first_name="Ada")

    ada.refresh_from_db()
    assert (number, ada.email_key, ada.first_name) == (1, expected, "Ada")
    assert canonical_email(ada.email) == expected
    assert key_of(other) == "other@example.com"


def test_an_update_by_expression_reaches_every_row(make_user, monkeypatch):
    monkeypatch.setattr(user_module, "CHUNK", 2)
    users = [make_user(email=f"P{number}@Example.com") for number in range(5)]

    assert User.objects.update(email=Lower("email")) == 5

    assert {User.objects.get(pk=user.pk).email for user in users} == {
        f"p{number}@example.com" for number in range(5)
    }


def test_an_insert_that_updates_sets_the_key(ada, host_fields):
    again = User(pk=ada.pk, email="Grace@Example.com", **host_fields())
    takes_target = connection.features.supports_update_conflicts_with_target
    target = {"unique_fields": ["id"]} if takes_target else {}

    User.objects.bulk_create(
        [again], update_conflicts=True, update_fields=["email"], **target
    )

    assert key_of(ada) == "grace@example.com"


def test_refuses_to_set_the_key_alone(ada):
    with pytest.raises(FieldError, match="email_key follows email"):
        User.objects.update(email_key="grace@example.com")
    ada.email_key = "grace@example.com"
    with pytest.raises(FieldError, match="email_key follows email"):
        User.objects.bulk_update([ada], ["email_key"])


@pytest.mark.parametrize("address", ["ada", "", Lower("email")])
def test_refuses_an_address_without_a_key_in_bulk(ada, address):
    ada.email = address

    with pytest.raises((ValueError, TypeError)):
        User.objects.bulk_update([ada], ["email"])

    with pytest.raises((ValueError, TypeError)):
        ada.save()


@pytest.mark.parametrize(
    "values",
    [
        {"email": "grace@example.com"},
        {"email": "Ada@Example.org"},
        {"email_key": "grace@example.com"},
        {"email_key": ""},
    ],
)
def test_the_database_refuses_what_goes_past_the_manager(ada, values):
    past = QuerySet(User).filter(pk=ada.pk)

    with pytest.raises(IntegrityError), transaction.atomic():
        past.update(**values)

    assert key_of(ada) == "ada@example.com"


def test_the_database_refuses_sql_that_forgets_the_key(ada):
    table = connection.ops.quote_name(User._meta.db_table)
    sql = f"UPDATE {table} SET email = %s"  # noqa: S608  # a name of ours

    with (
        pytest.raises(IntegrityError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, ["grace@example.com"])


@pytest.mark.parametrize(
    ("email", "key"),
    [
        ("a.d.a@gmail.com", "ad.a@gmail.com"),
        ("ada@gmail.com", "a.da@gmail.com"),
        ("ada+news@gmail.com", "ada+new@gmail.com"),
        ("a.da+news@gmail.com", "a.da+@gmail.com"),
        ("ada+a+b@gmail.com", "ada+a@gmail.com"),
        ("ada+news@mail.example.com", "ada@mailexample.com"),
        ("ada+news@example.com", "ada@example.org"),
        ("ada@example.com", "@example.com"),
        ("ada+news", "ada"),
    ],
)
def test_the_database_refuses_a_key_that_no_rule_makes(ada, email, key):
    past = QuerySet(User).filter(pk=ada.pk)

    with pytest.raises(IntegrityError), transaction.atomic():
        past.update(email=email, email_key=key)

    assert key_of(ada) == "ada@example.com"


@pytest.mark.parametrize(
    "key",
    [
        "a.d.a+n.e.w+s@mail.example.com",
        "ada+new+s@mail.example.com",
        "a.d.a@mail.example.com",
        "ada@mail.example.com",
    ],
)
def test_the_database_accepts_what_a_rule_makes(ada, key):
    past = QuerySet(User).filter(pk=ada.pk)

    past.update(email=" A.D.A+n.e.w+s@Mail.Example.com", email_key=key)

    assert key_of(ada) == key


RULES = "starterkit_core.addresses"


def test_with_a_rule_another_spelling_is_taken(make_user, tuner):
    tuner("STARTERKIT_CORE")(EMAIL_RULE=f"{RULES}.known_providers")
    make_user(email="A.da+news@gmail.com")

    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("ada@gmail.com")

    with pytest.raises(ValidationError) as refused:
        User(email="ad.a@gmail.com").validate_constraints()
    assert "email" in refused.value.error_dict


def test_with_a_rule_another_spelling_finds_the_account(make_user, tuner):
    tuner("STARTERKIT_CORE")(EMAIL_RULE=f"{RULES}.without_tags")
    user = make_user(email="Ada+news@example.com")

    found = User.objects.get_by_natural_key("ada@example.com")

    assert (found, found.email) == (user, "Ada+news@example.com")
    assert User.objects.with_address("ada+x@example.com").get() == user


@pytest.mark.parametrize(
    "address",
    [
        " ADA@example.com ",
        "I.AND.i@EXAMPLE.COM",
        "José@Example.com",
        "\u017f@example.com",  # the long s
        "ada@MÜNCHEN.de",
        "İ@example.com",
        '"Ada @ Home"@example.com',
        "o'neil+{x}~%s@example.com",
    ],
)
def test_the_database_accepts_every_address_that_has_a_key(make_user, address):
    user = make_user(email=address)

    assert key_of(user) == canonical_email(address)


def test_makes_people_and_superusers(host_fields):
    person = User.objects.create_user(" ada@example.com ", "pass", **host_fields())
    chief = User.objects.create_superuser("b@example.com", "pass", **host_fields())

    assert (person.email, person.is_staff, person.is_superuser) == (
        "ada@example.com",
        False,
        False,
    )
    assert chief.is_staff
    assert chief.is_superuser
    assert authenticate(username="ADA@example.com", password="pass") == person
    assert authenticate(username="ada@example.com", password="wrong") is None


def test_a_user_without_a_password_cannot_be_signed_in(host_fields):
    person = User.objects.create_user("ada@example.com", **host_fields())

    assert not person.has_usable_password()


@pytest.mark.parametrize("address", ["", "ada"])
def test_refuses_to_make_a_user_without_an_address(host_fields, address):
    with pytest.raises(ValueError, match="malformed"):
        User.objects.create_user(address, **host_fields())


def test_ids_are_ordered_by_time(make_user):
    first, second = make_user(), make_user()

    assert first.pk.version == 7
    assert first.pk < second.pk


def test_satisfies_the_checks_of_django():
    assert check_user_model(app_configs=None) == []


def test_has_the_names_that_other_packages_ask_for(ada):
    ada.first_name, ada.last_name = "Ada", "Lovelace"

    assert (ada.get_full_name(), ada.get_short_name()) == ("Ada Lovelace", "Ada")
    assert str(ada) == ada.get_username() == "Ada@Example.com"


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    connection.vendor == "sqlite", reason="SQLite in memory has one connection"
)
def test_of_parallel_accounts_with_one_address_one_is_made(host_fields):
    spellings = [name + "@example.com" for name in ("ada", "Ada", "ADA", "aDa")]
    values = [host_fields() for _ in spellings]

    def make(number):
        try:
            return User.objects.create_user(spellings[number], **values[number])
        except IntegrityError:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(len(spellings)) as pool:
        made = [user for user in pool.map(make, range(len(spellings))) if user]

    assert len(made) == 1
    assert User.objects.count() == 1
