"""The user model: an address belongs to one account, whatever its spelling."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth import authenticate, get_user_model
from django.contrib.auth.checks import check_user_model
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from starterkit_users.models import AbstractUser

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
