"""The owner of an invited account takes it over, once."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse_lazy
from django.utils import timezone

from starterkit_core import signals
from starterkit_core.db.databases import rows_of
from starterkit_core.http.fields import TextField
from starterkit_core.models import AuditEvent
from starterkit_core.ports import sign_up as port
from starterkit_core.testing.plugin import PASSWORD
from starterkit_users.models import Role, invitation_model
from starterkit_users.services import invitations, lifecycle, user_rows
from starterkit_users.services.roles import has_roles, roles_of
from starterkit_users.v1.invitations.acceptance.post.use_case import AcceptInvitation
from starterkit_users.v1.invitations.conftest import EMAIL, token_in

URL = reverse_lazy("starterkit_users:invitations-acceptance")

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


INVALID = (HTTPStatus.BAD_REQUEST, "invalid_invitation")


def test_the_owner_can_sign_in_from_then_on(invite, accept, invited):
    _, token = invite()

    response = accept(token)

    user = invited()
    assert response.status_code == HTTPStatus.OK
    assert response.json()["email"] == EMAIL
    assert user.is_active
    assert user.check_password(PASSWORD)
    assert authenticate(username=user.get_username(), password=PASSWORD) == user


def test_no_password_opens_it_before(invite, invited):
    invite()

    user = invited()
    assert not user.is_active
    assert not user.has_usable_password()


def test_opens_no_session(invite, accept):
    _, token = invite()

    response = accept(token)

    assert not response.cookies
    assert "token" not in response.content.decode()


@with_names
def test_names_may_be_corrected_and_others_stay(invite, accept, invited):
    _, token = invite(first_name="Grase", last_name="Hopper")

    accept(token, first_name="Grace")

    user = invited()
    assert (user.first_name, user.last_name) == ("Grace", "Hopper")


def test_no_other_column_can_be_set(invite, accept, invited):
    _, token = invite()

    accept(token, is_staff=True, is_superuser=True, email="x@example.com", status="x")

    user = invited()
    assert not user.is_staff
    assert not user.is_superuser


def test_works_once(invite, accept, invited):
    _, token = invite()
    accept(token)

    response = accept(token, "another password for it")

    assert refused(response) == INVALID
    assert invited().check_password(PASSWORD)


def expire(invitation, user):
    rows = rows_of(invitation_model())
    rows.update(expires_at=timezone.now() - timedelta(seconds=1))


def activate(invitation, user):
    user.is_active = True
    user.save()


def readdress(invitation, user):
    setattr(user, user.get_email_field_name(), "other@example.com")
    user.save()


def suspend(invitation, user):
    if not lifecycle.has_status():
        pytest.skip("without a status, a closed account cannot be told from it")
    lifecycle.change(user, lifecycle.Status.SUSPENDED)


def suspend_after_use(invitation, user):
    user.is_active = True
    user.set_password(PASSWORD)
    user.save()
    lifecycle.change(user, lifecycle.Status.SUSPENDED)


@pytest.mark.parametrize(
    "happen", [expire, activate, readdress, suspend, suspend_after_use]
)
def test_void_once_something_changed(invite, accept, invited, happen):
    invitation, token = invite()
    happen(invitation, invited())

    response = accept(token)

    assert refused(response) == INVALID


def test_every_wrong_token_is_answered_alike(invite, accept, revoke):
    revoked, token_of_revoked = invite()
    revoke(revoked)
    _, used = invite()
    accept(used)
    unknown = used[:-6] + ("AAAAAA" if used[-6:] != "AAAAAA" else "BBBBBB")

    answers, statements = [], []
    for token in (unknown, used, token_of_revoked, "ski_", "nothing", "ski_é=="):
        with CaptureQueriesContext(connection) as queries:
            answers.append(accept(token))
        statements.append([query["sql"].split(" ", 1)[0] for query in queries])

    assert {refused(answer) for answer in answers} == {INVALID}
    assert len({answer.json()["detail"] for answer in answers}) == 1
    assert all(found == statements[0] for found in statements)


def test_a_weak_password_is_refused_and_the_token_stays_valid(invite, accept, settings):
    validator = "django.contrib.auth.password_validation.MinimumLengthValidator"
    settings.AUTH_PASSWORD_VALIDATORS = [{"NAME": validator}]
    _, token = invite()

    weak = accept(token, "short")
    good = accept(token)

    assert refused(weak) == (HTTPStatus.BAD_REQUEST, "weak_password")
    assert weak.json()["reasons"][0]["code"] == "password_too_short"
    assert good.status_code == HTTPStatus.OK


def test_a_weak_password_tells_a_guesser_nothing(accept, db):
    assert refused(accept("ski_guess", "short")) == INVALID


class Motto:
    name = "motto"
    raises = ()

    def __init__(self):
        self.saved = []

    def fields(self):
        return {"motto": TextField(max_length=20)}

    def validate(self, given):
        if given["motto"] == "none":
            raise ValidationError({"motto": "Have one."})

    def commit(self, user, given, client):
        self.saved.append((user.pk, given["motto"], user.is_active))


@pytest.fixture
def motto():
    requirement = Motto()
    port.register(requirement)
    yield requirement
    port.unregister(requirement.name)


def test_asks_for_what_a_sign_up_asks_for(invite, accept, invited, motto):
    _, token = invite()

    missing, refused_one = accept(token), accept(token, motto="none")
    good = accept(token, motto="Carpe diem")

    assert missing.json()["errors"][0]["pointer"] == "/motto"
    assert refused_one.json()["errors"][0]["pointer"] == "/motto"
    assert good.status_code == HTTPStatus.OK
    assert motto.saved == [(invited().pk, "Carpe diem", True)]


def test_is_recorded_and_announced(invite, accept, invited, received):
    facts = received(signals.invitation_accepted)
    invitation, token = invite()

    accept(token)

    event = AuditEvent.objects.get(action="users.invitation_accepted")
    assert event.actor_id == event.subject_id == str(invited().pk)
    assert event.facts == {"invitation": invitation["id"]}
    assert (facts[0]["user"], facts[0]["address"]) == (invited(), EMAIL)


def test_a_refusal_is_recorded_without_the_token(accept):
    accept("ski_guess")

    event = AuditEvent.objects.get(action="users.invitation_refused")
    assert event.subject_id == ""
    assert event.facts == {}


def test_the_network_is_limited(accept, tuner):
    tuner("STARTERKIT_USERS")(INVITATION_NETWORK_LIMIT="2/1m")

    answers = [accept("ski_guess").status_code for _ in range(3)]

    assert answers == [400, 400, 429]


def test_no_token_is_stored(invite):
    _, token = invite()

    row = rows_of(invitation_model()).get()
    values = [str(getattr(row, field.attname)) for field in row._meta.fields]
    assert not [value for value in values if token[-20:] in value]
    long = [value for value in values if len(value) > len(str(row.mails))]
    assert not [value for value in long if value in token]


def test_the_token_outlives_a_new_key_of_the_server(invite, accept, settings):
    _, token = invite()
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another " * 8

    assert accept(token).status_code == HTTPStatus.OK


def test_a_former_key_opens_nothing(invite, accept, settings):
    _, token = invite()
    settings.SECRET_KEY = "another " * 8

    assert refused(accept(token)) == INVALID


@pytest.mark.django_db(transaction=True)
def test_of_acceptances_at_once_one_wins(at_once, invite, accept, invited):
    _, token = invite()
    passwords = [f"{PASSWORD} {number}" for number in range(4)]

    answers = at_once(4, lambda number: (number, accept(token, passwords[number])))

    won = [number for number, answer in answers if answer.status_code == HTTPStatus.OK]
    lost = [refused(answer) for number, answer in answers if number not in won]
    assert len(won) == 1
    assert lost == [INVALID] * 3
    assert invited().check_password(passwords[won[0]])


@pytest.mark.parametrize("again", range(4))
@pytest.mark.django_db(transaction=True)
def test_acceptance_and_revocation_at_once_have_one_winner(
    at_once, invite, accept, revoke, again
):
    invitation, token = invite()

    answers = at_once(2, lambda n: accept(token) if n else revoke(invitation))

    states = {answer.status_code for answer in answers}
    row = rows_of(invitation_model()).get()
    users = user_rows.all_users().filter(pk=invitation["user"])
    if row.ending == "accepted":
        assert states == {HTTPStatus.OK, HTTPStatus.CONFLICT}
        assert users.get().is_active
    else:
        assert states == {HTTPStatus.NO_CONTENT, HTTPStatus.BAD_REQUEST}
        assert not users.exists()


@pytest.mark.django_db(transaction=True)
def test_acceptance_and_a_new_mail_at_once_leave_one_valid_token(
    at_once, invite, accept, resend, mailbox
):
    invitation, token = invite()

    answers = at_once(2, lambda n: accept(token) if n else resend(invitation))

    states = sorted(answer.status_code for answer in answers)
    assert states in ([200, 400], [200, 409])
    if states == [200, 400]:  # the mail was first
        assert accept(token_in(mailbox[-1])).status_code == HTTPStatus.OK


class Greeted(AcceptInvitation):
    """A host project's use case: one step replaced, the rest inherited."""

    def confirm_address(self, user):
        super().confirm_address(user)
        self.input.client.request.META["greeted"] = str(user.pk)


def test_a_host_can_replace_one_step(invite, accept, settings):
    former = getattr(settings, "STARTERKIT_OVERRIDES", {})
    settings.STARTERKIT_OVERRIDES = {
        **former,
        "starterkit_users.v1.invitations.acceptance.post": f"{__name__}.Greeted",
    }
    _, token = invite()

    assert accept(token).status_code == HTTPStatus.OK


def test_a_token_of_another_row_is_none(invite, accept):
    _, first = invite()
    _, second = invite("ada@example.com")
    forged = invitations.TOKENS.prefix + second[4:26] + first[26:]

    assert refused(accept(forged)) == INVALID


with_roles = pytest.mark.skipif(not has_roles(), reason="users here are in no groups")
READS = "auth.view_group"


@pytest.fixture
def giver(inviter, permit):
    """The inviter, who may give a role that reads groups, too."""
    permit(inviter, "change", READS)
    return inviter


@pytest.fixture
def reader(make_role, giver):
    """The key of a role that the giver may give."""
    return make_role("reader", READS)


@pytest.fixture
def without_roles(accept, invited):
    """Accept, and return the event that says why the account got no roles."""

    def run(token):
        response = accept(token)
        assert response.status_code == HTTPStatus.OK, response.content
        assert invited().is_active
        assert roles_of(invited()) == []
        assert not AuditEvent.objects.filter(action="users.roles_changed").exists()
        return AuditEvent.objects.get(action="users.invitation_roles_refused")

    return run


@with_roles
def test_gives_the_roles_of_the_invitation(invite, accept, invited, giver, reader):
    invitation, token = invite(roles=[reader])
    assert roles_of(invited()) == []

    response = accept(token)

    assert response.status_code == HTTPStatus.OK
    assert roles_of(invited()) == [reader]
    event = AuditEvent.objects.get(action="users.roles_changed")
    assert event.actor_id == str(giver.pk)
    assert event.subject_id == invitation["user"]
    assert event.facts == {"former": [], "roles": [reader]}


@with_roles
def test_keeps_the_roles_that_the_account_got_meanwhile(
    invite, accept, invited, reader, make_role
):
    _, token = invite(roles=[reader])
    make_role("empty")
    user = invited()
    user.groups.add(Role.objects.get(key="empty").group)

    accept(token)

    assert roles_of(user) == ["empty", reader]


@with_roles
@pytest.mark.parametrize(
    "lose",
    [
        lambda user: user.user_permissions.clear(),
        lambda user: user_rows.all_users().filter(pk=user.pk).update(is_active=False),
        lambda user: user.delete(),
    ],
    ids=["permission", "account", "row"],
)
def test_an_inviter_who_lost_the_right_gives_no_role(
    invite, without_roles, giver, reader, lose
):
    invitation, token = invite(roles=[reader])
    inviter = str(giver.pk)
    lose(giver)

    event = without_roles(token)

    assert event.actor_id == event.subject_id == invitation["user"]
    gone = not user_rows.all_users().filter(pk=inviter).exists()
    assert event.facts == {
        "invitation": invitation["id"],
        "inviter": "" if gone else inviter,
        "roles": [reader],
        "reason": "permission_denied",
    }


@with_roles
def test_nor_one_with_a_permission_that_they_have_lost(
    invite, without_roles, giver, reader, make_role
):
    _, token = invite(roles=[make_role("empty"), reader])
    permissions = giver.user_permissions
    permissions.remove(permissions.get(codename="view_group"))

    assert without_roles(token).facts["reason"] == "rights_lacked"


@with_roles
def test_nor_one_that_is_gone(invite, without_roles, reader, make_role):
    _, token = invite(roles=[make_role("empty"), reader])
    Role.objects.filter(key=reader).delete()

    assert without_roles(token).facts["reason"] == "unknown_role"


@with_roles
def test_nor_to_an_account_above_them(invite, without_roles, invited, reader):
    _, token = invite(roles=[reader])
    user_rows.all_users().filter(pk=invited().pk).update(is_superuser=True)

    assert without_roles(token).facts["reason"] == "higher_rank"


def test_an_invitation_from_before_a_rule_for_addresses_is_accepted(
    invite, accept, tuner
):
    shown, token = invite("Grace+work@example.com")
    tuner("STARTERKIT_CORE")(EMAIL_RULE="starterkit_core.addresses.without_tags")

    response = accept(token)

    assert response.status_code == HTTPStatus.OK
    assert response.json()["id"] == shown["user"]
