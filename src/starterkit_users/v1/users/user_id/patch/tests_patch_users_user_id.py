from http import HTTPStatus

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone

from starterkit_core.db.databases import rows_of
from starterkit_core.models import AuditEvent
from starterkit_core.signals import account_updated

from .use_case import UpdateUser, UpdateUserInput

pytestmark = pytest.mark.django_db


def url_of(user):
    return reverse("starterkit_users:users-user-id", args=[user.pk])


def stored(user):
    return rows_of(get_user_model()).get(pk=user.pk)


@pytest.fixture
def chief(make_user):
    return make_user(is_superuser=True, is_staff=True)


def test_changes_only_the_fields_sent(client_of, changer, make_user):
    user = make_user(first_name="Ada", last_name="Byron")

    response = client_of(changer).patch(url_of(user), {"last_name": "Lovelace"})

    assert response.status_code == HTTPStatus.OK, response.content
    assert response.json() == client_of(changer).get(url_of(user)).json()
    assert (stored(user).first_name, stored(user).last_name) == ("Ada", "Lovelace")


@pytest.mark.parametrize(
    "sent",
    [
        {"is_staff": True},
        {"is_staff": False},
        {"is_superuser": True},
        {"is_superuser": False},
    ],
)
def test_a_change_of_rights_asks_for_a_recent_proof(
    client_of, chief, make_user, proof, sent
):
    [(flag, value)] = sent.items()
    user, proof.is_recent = make_user(**{flag: not value}), False

    response = client_of(chief).patch(url_of(user), sent)

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert getattr(stored(user), flag) is not value


def test_other_changes_ask_for_no_proof(client_of, chief, user, proof):
    proof.is_recent = False

    response = client_of(chief).patch(
        url_of(user), {"first_name": "Ada", "is_staff": False}
    )

    assert response.status_code == HTTPStatus.OK
    assert stored(user).first_name == "Ada"


@pytest.mark.parametrize(
    "sent",
    [
        {"first_name": "x" * 151},
        {"first_name": None},
        {"first_name": 1},
        {"last_name": "A\x00da"},
        {"is_staff": "true"},
        {"is_staff": 1},
        {"is_superuser": None},
    ],
)
def test_refuses_a_malformed_value(client_of, changer, user, sent):
    response = client_of(changer).patch(url_of(user), sent)

    assert response.status_code == HTTPStatus.BAD_REQUEST
    (error,) = response.json()["errors"]
    assert error["pointer"] == f"/{next(iter(sent))}"


def test_no_other_field_can_be_changed(client_of, chief, user):
    columns = [field.attname for field in user._meta.concrete_fields]
    before = {name: getattr(stored(user), name) for name in columns}

    response = client_of(chief).patch(
        url_of(user),
        {
            user.get_email_field_name(): "other@example.com",
            "email_key": "other@example.com",
            "id": "1",
            "is_active": False,
            "password": "secret",
            "created_at": "2020-01-01T00:00:00Z",
            "last_login": "2020-01-01T00:00:00Z",
            "status": "erased",
            "groups": [1],
        },
    )

    assert response.status_code == HTTPStatus.OK
    assert {name: getattr(stored(user), name) for name in columns} == before


@pytest.mark.parametrize("user_id", ["999999999", "%00", "x" * 5_000])
def test_an_id_that_no_user_has_is_not_found(client_of, changer, user_id):
    url = reverse("starterkit_users:users-user-id", args=[user_id])

    response = client_of(changer).patch(url, {"first_name": "Ada"})

    assert response.status_code == HTTPStatus.NOT_FOUND
    assert response.json()["code"] == "user_not_found"


def test_changes_no_user_without_the_permission(client_of, administrator, user):
    response = client_of(administrator).patch(url_of(user), {"first_name": "Ada"})

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert response.json()["code"] == "permission_denied"


def test_needs_a_signed_in_user(api, user):
    response = api.patch(url_of(user), {"first_name": "Ada"})

    assert response.status_code == HTTPStatus.UNAUTHORIZED


@pytest.mark.parametrize("right", ["is_staff", "is_superuser"])
def test_cannot_change_a_user_who_ranks_above(client_of, changer, make_user, right):
    above = make_user(**{right: True})

    response = client_of(changer).patch(url_of(above), {"first_name": "Mallory"})

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert response.json()["code"] == "higher_rank"
    assert stored(above).first_name == above.first_name


@pytest.mark.parametrize("right", ["is_staff", "is_superuser"])
def test_cannot_give_a_right_that_they_lack(client_of, changer, user, right):
    response = client_of(changer).patch(url_of(user), {right: True, "first_name": "X"})

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert response.json()["code"] == "rights_lacked"
    assert not getattr(stored(user), right)
    assert stored(user).first_name == user.first_name


def test_who_is_staff_makes_others_staff_but_no_superuser(client_of, changer, user):
    changer.is_staff = True
    changer.save()

    response = client_of(changer).patch(url_of(user), {"is_staff": True})

    assert response.status_code == HTTPStatus.OK
    assert stored(user).is_staff
    response = client_of(changer).patch(url_of(user), {"is_superuser": True})
    assert response.json()["code"] == "rights_lacked"


def test_cannot_change_their_own_rights(client_of, changer):
    changer.is_staff = True
    changer.save()

    response = client_of(changer).patch(url_of(changer), {"is_staff": False})

    assert response.json()["code"] == "own_rights"
    assert stored(changer).is_staff


def test_a_right_that_stays_as_it_is_may_be_sent(client_of, changer, user):
    response = client_of(changer).patch(
        url_of(user), {"is_superuser": False, "is_staff": False, "first_name": "Ada"}
    )

    assert response.status_code == HTTPStatus.OK
    assert stored(user).first_name == "Ada"


def test_a_superuser_makes_and_unmakes_one(client_of, chief, user):
    for wanted in (True, False):
        response = client_of(chief).patch(url_of(user), {"is_superuser": wanted})

        assert response.json()["is_superuser"] is wanted
        assert stored(user).is_superuser is wanted


def test_the_last_active_superuser_stays_one(client_of, chief, make_user):
    make_user(is_superuser=True, is_active=False)

    response = client_of(chief).patch(url_of(chief), {"is_superuser": False})

    assert response.status_code == HTTPStatus.CONFLICT
    assert response.json()["code"] == "last_superuser"
    assert stored(chief).is_superuser


def test_audits_names_of_fields_and_which_rights(client_of, chief, user):
    client_of(chief).patch(url_of(user), {"first_name": "Ada", "is_staff": True})

    event = AuditEvent.objects.get()
    assert event.action == "users.user_updated"
    assert (event.actor_id, event.subject_id) == (str(chief.pk), str(user.pk))
    assert event.facts == {"fields": ["first_name", "is_staff"], "is_staff": True}


def test_announces_the_change_once(client_of, changer, user, received):
    signals = received(account_updated)

    client_of(changer).patch(url_of(user), {"first_name": "Ada"})
    client_of(changer).patch(url_of(user), {"first_name": "Ada"})

    assert [(s["user"], s["fields"]) for s in signals] == [(user, ["first_name"])]
    assert AuditEvent.objects.count() == 1


def test_the_project_itself_has_every_rank(make_user):
    chief = make_user(is_superuser=True)
    given = UpdateUserInput(user_id=str(chief.pk), changes={"first_name": "Ada"})

    UpdateUser.execute(given)

    assert stored(chief).first_name == "Ada"


class Capitalised(UpdateUser):
    """A host project's use case: one step replaced, the rest inherited."""

    def save(self, user, fields):
        user.first_name = user.first_name.upper()
        super().save(user, fields)


def test_a_host_can_replace_one_step(client_of, changer, user, settings):
    settings.STARTERKIT_OVERRIDES = {
        "starterkit_users.v1.users.user_id.patch": f"{__name__}.Capitalised"
    }

    client_of(changer).patch(url_of(user), {"first_name": "Ada"})

    assert stored(user).first_name == "ADA"


def test_a_change_of_what_was_not_read_is_refused(client_of, changer, make_user):
    user = make_user(first_name="Ada", last_name="Byron")
    admin = client_of(changer)
    tag = admin.get(url_of(user))["ETag"]
    admin.patch(url_of(user), {"first_name": "Augusta"})

    refused = admin.patch(
        url_of(user), {"last_name": "Lovelace"}, headers={"If-Match": tag}
    )
    again = admin.patch(
        url_of(user), {"first_name": "Augusta"}, headers={"If-Match": tag}
    )

    assert refused.status_code == HTTPStatus.PRECONDITION_FAILED
    assert refused.json()["code"] == "precondition_failed"
    assert stored(user).last_name == "Byron"
    assert again.status_code == HTTPStatus.OK
    assert again["ETag"] == admin.get(url_of(user))["ETag"]


def test_refuses_a_tag_without_its_quotes(client_of, changer, user):
    response = client_of(changer).patch(
        url_of(user), {"first_name": "Ada"}, headers={"If-Match": "tag"}
    )

    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert response.json()["code"] == "invalid_precondition"


def test_a_visit_of_the_user_refuses_no_change(client_of, changer, make_user):
    user = make_user(first_name="Ada")
    tag = client_of(changer).get(url_of(user))["ETag"]
    visited = {"last_login", "last_seen_at"} & {it.name for it in user._meta.fields}
    rows_of(type(user)).filter(pk=user.pk).update(
        **dict.fromkeys(visited, timezone.now())
    )

    response = client_of(changer).patch(
        url_of(user), {"first_name": "Augusta"}, headers={"If-Match": tag}
    )

    assert response.status_code == HTTPStatus.OK


@pytest.mark.django_db(transaction=True)
def test_of_changes_at_once_with_one_tag_one_is_made(
    at_once, client_of, chief, make_user
):
    user = make_user(first_name="Ada")
    tag = client_of(chief).get(url_of(user))["ETag"]

    def rename(number):
        change = {"first_name": f"Ada {number}"}
        return client_of(chief).patch(url_of(user), change, headers={"If-Match": tag})

    answers = at_once(8, rename)

    made = [it for it in answers if it.status_code == HTTPStatus.OK]
    assert len(made) == 1
    assert {it.status_code for it in answers} == {200, 412}
    assert stored(user).first_name == made[0].json()["first_name"]


@pytest.mark.django_db(transaction=True)
def test_of_two_superusers_who_demote_each_other_one_is_left(
    at_once, client_of, make_user
):
    chiefs = [make_user(is_superuser=True) for _ in range(2)]

    def demote_the_other(number):
        body = {"is_superuser": False}
        return client_of(stored(chiefs[number])).patch(url_of(chiefs[1 - number]), body)

    answers = at_once(2, demote_the_other)

    assert sorted(it.status_code for it in answers) in ([200, 403], [200, 409])
    assert sum(stored(it).is_superuser for it in chiefs) == 1
