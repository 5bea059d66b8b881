"""Administrators invite: the account waits, and a mail has the link."""

from http import HTTPStatus

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse_lazy
from django.utils import timezone

from starterkit_core import signals
from starterkit_core.db.databases import rows_of
from starterkit_core.models import AuditEvent
from starterkit_users.models import invitation_model
from starterkit_users.models.lifecycle import Status
from starterkit_users.services import lifecycle
from starterkit_users.services.roles import has_roles, roles_of
from starterkit_users.v1.invitations.conftest import EMAIL
from starterkit_users.v1.invitations.post.use_case import InviteUser

URL = reverse_lazy("starterkit_users:invitations")

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("with_addresses"),
]

with_names = pytest.mark.skipif(
    "first_name" not in {field.name for field in get_user_model()._meta.fields},
    reason="the project's user model has no names",
)


def refused(response):
    return response.status_code, response.json()["code"]


@with_names
def test_the_account_waits_without_any_right(ask, inviter, invited):
    response = ask(first_name="Grace")

    user, shown = invited(), response.json()
    assert response.status_code == HTTPStatus.CREATED
    assert (shown["email"], shown["state"]) == (EMAIL, "open")
    assert (shown["user"], shown["invited_by"]) == (str(user.pk), str(inviter.pk))
    assert user.first_name == "Grace"
    assert {user.is_active, user.is_staff, user.is_superuser} == {False}
    if lifecycle.has_status():
        assert (user.status, user.status_by) == (Status.INVITED, str(inviter.pk))


def test_the_owner_gets_a_link(invite, mailbox):
    _, token = invite("Grace@Example.com")

    [mail] = mailbox
    assert mail.to == ["Grace@Example.com"]
    link = f"https://app.example.com/invitation?token={token}"
    assert link in mail.body
    assert f'href="{link}"' in mail.alternatives[0].content


def test_the_mail_has_nothing_that_the_inviter_typed(invite, mailbox):
    invite(first_name="Buy now")

    assert "Buy now" not in mailbox[0].body + mailbox[0].subject


def test_the_answer_has_no_token(invite):
    shown, token = invite()

    assert token not in str(shown)


def test_without_a_page_the_mail_has_the_token(ask, accept, mailbox, tuner):
    tuner("STARTERKIT_USERS")(FRONTEND_URL="")
    ask()

    [token] = [line for line in mailbox[0].body.splitlines() if line.startswith("skn_")]
    assert accept(token).status_code == HTTPStatus.OK


def test_the_mail_is_in_the_language_of_the_inviter(client_of, inviter, mailbox):
    client_of(inviter).post(URL, {"email": EMAIL}, HTTP_ACCEPT_LANGUAGE="pt-BR")

    assert "convite" in mailbox[0].body


@pytest.mark.parametrize("spelling", ["ada@example.com", "ADA@example.COM"])
def test_refuses_the_address_of_another_account(ask, make_user, mailbox, spelling):
    make_user(**{get_user_model().get_email_field_name(): "ada@example.com"})

    response = ask(spelling)

    assert refused(response) == (HTTPStatus.CONFLICT, "user_exists")
    assert response.json()["fields"] == ["email"]
    assert not mailbox
    assert not rows_of(invitation_model()).exists()


def test_an_address_is_invited_once(ask, mailbox):
    first = ask().json()

    response = ask("GRACE@example.com")

    assert refused(response) == (HTTPStatus.CONFLICT, "already_invited")
    assert response.json()["invitation"] == first["id"]
    assert len(mailbox) == 1


def test_an_account_that_was_left_over_can_be_invited_again(ask, invited):
    if not lifecycle.has_status():
        pytest.skip("without a status, a closed account cannot be told from it")
    ask()
    rows_of(invitation_model()).update(ending="revoked", ended_at=timezone.now())

    response = ask()

    assert response.status_code == HTTPStatus.CREATED
    assert response.json()["user"] == str(invited().pk)


def test_a_left_over_account_is_not_invited_by_an_inviter_below_it(ask, invited):
    if not lifecycle.has_status():
        pytest.skip("without a status, a closed account cannot be told from it")
    ask()
    rows_of(invitation_model()).update(ending="revoked", ended_at=timezone.now())
    rows_of(get_user_model()).filter(pk=invited().pk).update(is_superuser=True)

    assert refused(ask()) == (HTTPStatus.FORBIDDEN, "higher_rank")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": ""},
        {"email": "grace"},
        {"email": 7},
        {"email": "gra\x00ce@example.com"},
        {"email": "x" * 250 + "@example.com"},
        {"email": ["grace@example.com"]},
    ],
)
def test_refuses_what_is_no_address(client_of, inviter, body):
    response = client_of(inviter).post(URL, body)

    assert refused(response) == (HTTPStatus.BAD_REQUEST, "validation_error")
    assert response.json()["errors"][0]["pointer"] == "/email"


def test_gives_no_right_and_no_password(ask, invited):
    ask(is_staff=True, is_superuser=True, is_active=True, password="x", status="active")

    user = invited()
    assert {user.is_active, user.is_staff, user.is_superuser} == {False}
    assert not user.has_usable_password()


def test_the_mails_to_one_address_are_limited(ask, tuner):
    tuner("STARTERKIT_USERS")(INVITATION_ADDRESS_LIMIT="2/1d")

    answers = [ask().status_code for _ in range(3)]

    assert answers == [201, 409, 429]
    assert ask("ada@example.com").status_code == HTTPStatus.CREATED


def test_the_mails_of_one_administrator_are_limited(ask, tuner):
    tuner("STARTERKIT_USERS")(INVITATION_ACTOR_LIMIT="2/1h")

    answers = [ask(f"p{number}@example.com").status_code for number in range(3)]

    assert answers == [201, 201, 429]


def test_is_recorded_and_announced(ask, inviter, invited, received):
    facts = received(signals.account_created)

    shown = ask().json()

    event = AuditEvent.objects.get(action="users.invitation_sent")
    assert (event.actor_id, event.subject_id) == (str(inviter.pk), str(invited().pk))
    assert event.facts == {"invitation": shown["id"]}
    assert (facts[0]["user"], facts[0]["actor"]) == (invited(), inviter)


def test_a_retry_with_the_same_key_sends_no_other_mail(client_of, inviter, mailbox):
    client, key = client_of(inviter), {"HTTP_IDEMPOTENCY_KEY": "once"}

    answers = [client.post(URL, {"email": EMAIL}, **key) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert len(mailbox) == 1


def test_needs_the_permission(client_of, user):
    response = client_of(user).post(URL, {"email": EMAIL})

    assert refused(response) == (HTTPStatus.FORBIDDEN, "permission_denied")


def test_needs_a_signed_in_user(api):
    assert api.post(URL, {"email": EMAIL}).status_code == HTTPStatus.UNAUTHORIZED


@pytest.mark.django_db(transaction=True)
def test_of_invitations_of_one_address_at_once_one_is_made(at_once, ask, mailbox):
    if "email_key" not in {field.name for field in get_user_model()._meta.fields}:
        pytest.skip("this user model does not keep addresses unique")

    answers = at_once(4, lambda _: ask().status_code)

    assert sorted(answers) == [201, 409, 409, 409]
    assert len(mailbox) == 1


def test_a_host_can_replace_one_step(ask, settings):
    active = InviteUser.active()  # of a project that has swapped the model

    class AsSeven(active):
        def invitation_fields(self, user):
            return {**super().invitation_fields(user), "mails": 7}

    globals()["AsSeven"] = AsSeven
    former = getattr(settings, "STARTERKIT_OVERRIDES", {})
    settings.STARTERKIT_OVERRIDES = {
        **former,
        "starterkit_users.v1.invitations.post": f"{__name__}.AsSeven",
    }

    assert ask().json()["mails"] == 7


READS, WRITES = "auth.view_group", "auth.change_group"

with_roles = pytest.mark.skipif(not has_roles(), reason="users here are in no groups")


@pytest.fixture
def giver(inviter, permit):
    """The inviter, who may give a role that reads groups, too."""
    permit(inviter, "change", READS)
    return inviter


@with_roles
def test_promises_roles(ask, giver, make_role, client_of, invited):
    keys = [make_role("reader", READS), make_role("empty")]

    response = ask(roles=[*keys, "empty"])

    assert response.status_code == HTTPStatus.CREATED, response.content
    assert response.json()["roles"] == ["empty", "reader"]
    listed = client_of(giver).get(URL).json()["results"]
    assert [row["roles"] for row in listed] == [["empty", "reader"]]
    assert roles_of(invited()) == []
    event = AuditEvent.objects.get(action="users.invitation_sent")
    assert event.facts["roles"] == ["empty", "reader"]


@with_roles
def test_promises_no_role_that_the_inviter_may_not_give(
    ask, giver, make_role, invited, may
):
    make_role("writer", READS, WRITES)
    make_role("empty")

    options = invitation_model()._meta
    no_changer = may(f"{options.app_label}.add_{options.model_name}")
    denied = ask(by=no_changer, roles=["empty"])
    lacking = ask(by=giver, roles=["empty", "writer"])
    unknown = ask(by=giver, roles=["empty", "wrter"])

    answers = [denied, lacking, unknown]
    codes = ["permission_denied", "rights_lacked", "unknown_role"]
    assert [it.json()["code"] for it in answers] == codes
    assert lacking.json()["roles"] == ["writer"]
    assert unknown.json()["roles"] == ["wrter"]
    assert invited() is None
    assert ask(by=no_changer).status_code == HTTPStatus.CREATED


@with_roles
def test_roles_ask_for_a_recent_proof(ask, giver, make_role, invited, proof):
    make_role("reader", READS)
    proof.is_recent = False

    refused_with_roles = ask(roles=["reader"])

    assert refused_with_roles.status_code == HTTPStatus.FORBIDDEN
    assert invited() is None
    assert ask().status_code == HTTPStatus.CREATED


@with_roles
@pytest.mark.parametrize(
    "roles", [None, "support", [1], [None], ["a\0b"], [""], ["x" * 101], ["x"] * 101]
)
def test_refuses_roles_in_another_shape(ask, roles):
    response = ask(roles=roles)

    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert response.json()["code"] == "validation_error"
