"""POST v1/email/change/: a mail to the new address; one answer for every address."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from starterkit_auth.models import Challenge
from starterkit_auth.services import addresses
from starterkit_auth.v1.email.change.conftest import FORMER, NEW, URL
from starterkit_core.models import AuditEvent

from .use_case import StartEmailChange

pytestmark = pytest.mark.django_db

KEY = "starterkit_auth.v1.email.change.post"


def problem_of(response):
    return response.status_code, response.json()["code"]


def headers_of(response):
    ours = {"X-Request-ID", "Content-Length"}
    return {name: value for name, value in response.items() if name not in ours}


@pytest.mark.parametrize("transport", ["bearer", "cookie"])
def test_mails_the_new_address_and_leaves_the_former_in_force(
    change, open_for, transport, mailbox
):
    response = change.ask(
        "Lovelace@Example.org", open_for(change.opened.user, transport)
    )

    [mail] = mailbox
    assert response.status_code == HTTPStatus.ACCEPTED
    assert response.json() == {
        "email": "Lovelace@Example.org",
        "status": "confirmation_sent",
    }
    assert mail.to == ["Lovelace@Example.org"]
    assert change.mailed.token in mail.alternatives[0][0]
    assert change.address == FORMER
    assert addresses.look_up(NEW) is None


class DeletedMeanwhile(StartEmailChange):
    """An administrator deletes the account during the request."""

    def may_send_mail(self):
        type(self.input.user)._base_manager.all().delete()
        return True


def test_an_account_that_was_just_deleted_is_not_signed_in(change, settings):
    settings.STARTERKIT_OVERRIDES = {KEY: f"{__name__}.DeletedMeanwhile"}

    response = change.ask()

    assert problem_of(response) == (HTTPStatus.UNAUTHORIZED, "account_deleted")


@pytest.mark.parametrize("state", ["verified", "unproven", "legacy", "inactive"])
def test_the_answer_does_not_reveal_whether_an_address_is_taken(
    change, make_member, make_user, state
):
    taken = "Grace@example.com"
    if state == "legacy":
        owner = make_user(**{get_user_model().get_email_field_name(): taken})
    else:
        owner = make_member(taken, verified=state != "unproven")
    owner.is_active = state != "inactive"
    owner.save()
    free = change.ask("free@example.com")

    response = change.ask("grace@EXAMPLE.com")

    assert response.status_code == free.status_code
    assert response.json() == free.json() | {"email": "grace@EXAMPLE.com"}
    assert headers_of(response) == headers_of(free)
    assert change.mail.to == [taken]
    assert "Nothing was changed" in change.mail.body
    assert "token=" not in change.mail.body


def test_asking_for_a_taken_address_voids_the_former_mail_as_any_other(
    change, make_member, mailed
):
    make_member("grace@example.com")

    change.ask("grace@example.com")

    assert problem_of(change.confirm(mailed.token)) == (400, "invalid_confirmation")
    assert change.address == FORMER


def test_the_mail_speaks_of_no_link_without_a_place_for_it(change, mailbox, tune):
    tune(FRONTEND_URL="")

    change.ask()

    assert "link" not in mailbox[0].body + mailbox[0].alternatives[0].content


def test_asking_again_voids_the_former_mail(change, mailed):
    change.ask("other@example.org")

    former = [change.confirm(mailed.token), change.by_code(mailed.code)]
    newer = change.confirm(change.mailed.token)

    assert [response.status_code for response in former] == [400, 400]
    assert newer.json()["email"] == "other@example.org"


def test_an_address_that_several_accounts_have_cannot_be_taken(
    change, make_user, mailbox
):
    field = get_user_model()._meta.get_field(get_user_model().get_email_field_name())
    if field.unique or any(f.name == "email_key" for f in field.model._meta.fields):
        pytest.skip("this user model keeps addresses unique itself")
    for _ in range(2):
        make_user(**{field.name: "grace@example.com"})

    response = change.ask("grace@example.com")

    assert response.status_code == HTTPStatus.ACCEPTED
    [told] = mailbox  # the holder, as of an address that one account has
    assert told.subject.startswith("You already have an account")
    assert not Challenge.objects.exists()


def test_needs_a_recent_proof_of_identity(change, open_for, member, mailbox):
    then = timezone.now() - timedelta(minutes=11)

    response = change.ask(NEW, open_for(member, authenticated_at=then))

    assert problem_of(response) == (HTTPStatus.FORBIDDEN, "step_up_required")
    assert response.json()["how"] == "password"
    assert mailbox == []


def test_needs_a_signed_in_user(api):
    response = api.post(URL, {"email": NEW})

    assert problem_of(response) == (HTTPStatus.UNAUTHORIZED, "not_authenticated")


def test_needs_a_session_of_ours(client_of, member):
    response = client_of(member).post(URL, {"email": NEW})

    assert problem_of(response) == (HTTPStatus.FORBIDDEN, "session_required")


def test_another_site_cannot_ask_with_a_cookie(browser, open_for, member, mailbox):
    client = browser(open_for(member, "cookie"), HTTP_SEC_FETCH_SITE="cross-site")

    response = client.post(URL, {"email": NEW})

    assert problem_of(response) == (HTTPStatus.FORBIDDEN, "cross_site_request")
    assert mailbox == []


@pytest.mark.parametrize(
    "email",
    [
        None,
        "",
        "ada",
        1,
        True,
        [NEW],
        {"address": NEW},
        "ada@example.org\r\nBcc: eve@example.com",
        "ada\u202e@example.org",
        "a" * 250 + "@example.org",
    ],
)
def test_refuses_a_malformed_address(change, email, mailbox):
    response = change.ask(email)

    assert problem_of(response) == (HTTPStatus.BAD_REQUEST, "validation_error")
    assert response.json()["errors"][0]["pointer"] == "/email"
    assert mailbox == []


def test_ignores_undeclared_fields(change, member):
    change.ask(NEW, verified=True, user="1", code="000000")

    assert change.address == FORMER
    assert Challenge.objects.get().user_id == member.pk


def test_many_mails_to_one_address_are_answered_as_before_and_not_sent(
    change, tune, mailbox, mailed
):
    tune(RESEND_ADDRESS_LIMIT="1/1h")

    response = change.ask(NEW.upper())

    assert response.status_code == HTTPStatus.ACCEPTED
    assert len(mailbox) == 2
    assert change.ask(NEW).status_code == HTTPStatus.ACCEPTED
    assert len(mailbox) == 2


@pytest.mark.parametrize("limit", ["EMAIL_CHANGE_LIMIT", "RESEND_NETWORK_LIMIT"])
def test_asking_too_often_is_refused_for_free_and_taken_addresses(
    change, tune, make_member, mailbox, limit
):
    make_member("grace@example.com")
    tune(**{limit: "2/1h"})
    change.ask("one@example.org")
    change.ask("two@example.org")

    answers = [change.ask("three@example.org"), change.ask("grace@example.com")]

    assert [answer.status_code for answer in answers] == [429, 429]
    assert int(answers[0].headers["Retry-After"]) > 0
    assert len(mailbox) == 2


def test_no_code_and_no_link_token_is_stored(mailed):
    stored = str([*Challenge.objects.values(), *AuditEvent.objects.values()])

    assert mailed.code not in stored
    assert mailed.token not in stored


def test_records_the_user_without_an_address(mailed, member):
    event = AuditEvent.objects.get()

    assert event.action == "auth.email_change_requested"
    assert (event.actor_id, event.subject_id) == (str(member.pk), str(member.pk))
    assert "lovelace" not in str(event.facts).lower()


class OwnDomainOnly(StartEmailChange):
    """A host project's use case: one step replaced, the rest inherited."""

    def may_send_mail(self):
        return self.input.email.endswith("@example.org")


def test_a_host_can_replace_one_step(change, settings, mailbox):
    settings.STARTERKIT_OVERRIDES = {KEY: f"{__name__}.OwnDomainOnly"}

    change.ask("ada@example.net")
    change.ask("ada@example.org")

    assert [mail.to for mail in mailbox] == [["ada@example.org"]]


@pytest.mark.django_db(transaction=True)
def test_of_many_requests_at_once_one_is_the_newest(at_once, bearer, opened, tune):
    tune(EMAIL_CHANGE_LIMIT="100/1h")
    client = bearer(opened.access_token)

    answers = at_once(
        16, lambda number: client.post(URL, {"email": f"ada{number}@example.org"})
    )

    assert {answer.status_code for answer in answers} == {HTTPStatus.ACCEPTED}
    assert Challenge.objects.open().count() == 1
