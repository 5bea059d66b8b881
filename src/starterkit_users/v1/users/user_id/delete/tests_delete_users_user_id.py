from http import HTTPStatus

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.contrib.auth.models import Permission
from django.urls import reverse

from starterkit_core.db.databases import rows_of
from starterkit_core.models import AuditEvent
from starterkit_core.ports import personal_data
from starterkit_core.testing.plugin import PASSWORD
from starterkit_users.models import Erasure, ErasureResult
from starterkit_users.services import lifecycle
from starterkit_users.v1.users.user_id.delete.use_case import EraseUser

pytestmark = pytest.mark.django_db


def url_of(user, reason="request"):
    url = reverse("starterkit_users:users-user-id", args=[getattr(user, "pk", user)])
    return f"{url}?reason={reason}"


@pytest.fixture
def eraser(make_user):
    """A user who may delete users; neither staff nor a superuser."""
    user = make_user()
    options = get_user_model()._meta
    permission = rows_of(Permission).filter(
        content_type__app_label=options.app_label,
        codename=f"delete_{options.model_name}",
    )
    user.user_permissions.add(*permission)
    return user


@pytest.fixture
def erase(client_of, eraser):
    def send(user, **given):
        return client_of(eraser).delete(url_of(user, **given))

    return send


def saved(user):
    return rows_of(get_user_model()).get(pk=user.pk)


def test_answers_how_far_it_is_and_erases_the_account(erase, make_user):
    user = make_user(first_name="Ada")

    response = erase(user)

    assert response.status_code == HTTPStatus.ACCEPTED
    assert response.json().keys() == {"id", "state", "created_at", "finished_at"}
    assert saved(user).first_name == ""
    assert Erasure.objects.get().state == "done"


def test_asks_for_a_recent_proof(erase, user, proof):
    proof.is_recent = False

    response = erase(user)

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert saved(user).is_active


def test_the_account_is_closed_before_a_worker_comes(erase, make_user, busy_workers):
    user = make_user(first_name="Ada")
    name = user.get_username()

    erase(user)

    assert not saved(user).is_active
    assert saved(user).first_name == "Ada"
    assert authenticate(username=name, password=PASSWORD) is None
    assert Erasure.objects.get().state == "running"


def test_leaves_a_tombstone_without_rights(erase, make_user, eraser):
    user = make_user()
    user.user_permissions.add(*eraser.user_permissions.all())

    erase(user)

    assert lifecycle.status_of(saved(user)) == (
        "erased" if lifecycle.has_status() else "suspended"
    )
    assert not saved(user).user_permissions.exists()


def test_repeating_it_says_how_far_it_has_come(erase, user):
    first = erase(user)

    again = erase(user)

    assert again.status_code == HTTPStatus.ACCEPTED
    assert again.json()["id"] == first.json()["id"]
    assert again.json()["state"] == "done"
    assert AuditEvent.objects.filter(action="users.erasure_started").count() == 1


def test_records_who_did_it_and_why(erase, user, eraser):
    erase(user, reason="abuse")

    event = AuditEvent.objects.get(action="users.erasure_started")
    assert event.actor_id == str(eraser.pk)
    assert event.subject_id != str(user.pk)
    assert event.facts == {"reason": "abuse"}


@pytest.mark.parametrize(
    "query", ["?reason=", "?reason=Ada+asked", "?reason=abuse&reason=other", "?x=1"]
)
def test_refuses_a_reason_that_is_none_of_the_list(client_of, eraser, user, query):
    url = reverse("starterkit_users:users-user-id", args=[user.pk])

    response = client_of(eraser).delete(url + query)

    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert saved(user).is_active


def test_refuses_a_user_of_a_higher_rank(erase, make_user):
    chief = make_user(is_staff=True)

    response = erase(chief)

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert response.json()["code"] == "higher_rank"
    assert saved(chief).is_active


def test_refuses_the_own_account(erase, eraser):
    assert erase(eraser).json()["code"] == "own_account"


def test_a_superuser_may_erase_another_one_but_not_be_the_last(client_of, make_user):
    chief, other = make_user(is_superuser=True), make_user(is_superuser=True)

    response = client_of(chief).delete(url_of(other))

    assert response.status_code == HTTPStatus.ACCEPTED
    assert client_of(chief).delete(url_of(chief)).json()["code"] == "own_account"


@pytest.mark.parametrize(
    "user_id", ["0199f0a3-c5b8-7d7e-8a41-f0c2d3e4f5a6", "9" * 40, "me", "%00"]
)
def test_an_id_that_no_user_has_is_not_found(erase, user_id):
    response = erase(user_id)

    assert response.status_code == HTTPStatus.NOT_FOUND
    assert response.json()["code"] == "user_not_found"


def test_needs_the_permission_to_delete(client_of, administrator, user):
    response = client_of(administrator).delete(url_of(user))

    assert response.json()["code"] == "permission_denied"


def test_needs_a_signed_in_user(api, user):
    assert api.delete(url_of(user)).status_code == HTTPStatus.UNAUTHORIZED


class Stubborn:
    """A provider of a host whose service is down."""

    name = "stubborn"
    models = ()
    order = -1
    fails = True

    def export(self, user):
        return {}

    def erase(self, user):
        user.first_name = "half done"
        user.save()
        if self.fails:
            raise RuntimeError(f"cannot forget {user.get_username()}")


@pytest.fixture
def stubborn():
    provider = Stubborn()
    personal_data.register(provider)
    yield provider
    personal_data.unregister(provider.name)


def test_a_provider_that_fails_stops_no_other(erase, make_user, stubborn):
    user = make_user(first_name="Ada")
    name = user.get_username()

    erase(user)

    assert saved(user).first_name == ""
    assert Erasure.objects.get().state == "running"
    result = ErasureResult.objects.get(provider="stubborn")
    assert (result.state, result.error) == ("failed", "builtins.RuntimeError")
    others = ErasureResult.objects.exclude(provider="stubborn")
    assert {it.state for it in others} == {"done"}
    assert name not in str([*ErasureResult.objects.values()])


def test_repeating_it_goes_on_with_what_failed(erase, user, stubborn):
    erase(user)
    stubborn.fails = False

    erase(user)

    assert Erasure.objects.get().state == "done"
    assert Erasure.objects.get().attempts == 2
    assert not ErasureResult.objects.filter(state="failed").exists()
    assert saved(user).first_name == ""


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_both_get_one_erasure(at_once, client_of, eraser, user):
    answers = at_once(3, lambda _: client_of(eraser).delete(url_of(user)))

    assert {it.status_code for it in answers} == {202}
    assert len({it.json()["id"] for it in answers}) == 1
    assert Erasure.objects.get().state == "done"


@pytest.mark.django_db(transaction=True)
def test_of_two_superusers_who_erase_each_other_one_is_left(
    at_once, client_of, make_user
):
    chiefs = [make_user(is_superuser=True) for _ in range(2)]

    answers = at_once(2, lambda n: client_of(chiefs[n]).delete(url_of(chiefs[1 - n])))

    assert sorted(it.status_code for it in answers) == [202, 409]
    assert rows_of(get_user_model()).filter(is_superuser=True, is_active=True).exists()


class WithoutStaff(EraseUser):
    """A host project's use case: one step replaced, the rest inherited."""

    def check_actor(self, user):
        super().check_actor(self.input.actor)


def test_a_host_can_replace_one_step(erase, user, settings):
    settings.STARTERKIT_OVERRIDES = {
        "starterkit_users.v1.users.user_id.delete": f"{__name__}.WithoutStaff"
    }

    assert erase(user).json()["code"] == "own_account"
