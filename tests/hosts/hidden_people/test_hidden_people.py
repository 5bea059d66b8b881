"""A person whom the default manager hides has no account, as for ``ModelBackend``."""

import re
from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from starterkit_auth.models import EmailAddress, PendingRegistration
from starterkit_auth.services import challenge_secrets
from starterkit_core.ports import personal_data
from starterkit_core.testing.client import ApiClient
from starterkit_core.testing.plugin import PASSWORD
from tests.hosts.hidden_people.models import Person, closed_tenant

NEW = "new@example.com"
NEW_PASSWORD = f"{PASSWORD} 2"


def delete(ada):
    everybody = Person.everyone.filter(email=ada.email)
    everybody.update(deleted_at=timezone.now())


def close_tenant(ada):
    closed_tenant.set("north")


@pytest.fixture(autouse=True)
def _open_tenants():
    yield
    closed_tenant.set(None)


@pytest.fixture(params=[delete, close_tenant])
def hide(request):
    return request.param


@pytest.fixture
def ada(person):
    """Signed in by a token, and with a cookie in ``ada.browser``."""
    person.sign_up()
    person.confirm()
    person.browser = ApiClient(HTTP_SEC_FETCH_SITE="same-origin")
    body = {
        "email": person.email,
        "password": PASSWORD,
        "client": {"transport": "cookie"},
    }
    assert person.browser.post("/api/auth/v1/session/", body).status_code == 201
    return person


def code_of(response):
    return response.status_code, response.json().get("code")


def test_a_person_who_is_shown_makes_the_journey(person):
    assert person.walk() == ""


@pytest.mark.parametrize(
    ("request_", "body"),
    [
        ("GET users/v1/me/", None),
        ("PATCH users/v1/me/", {"first_name": "Eve"}),
        ("GET auth/v1/session/", None),
        ("GET auth/v1/sessions/", None),
        ("DELETE auth/v1/sessions/", None),
        ("GET auth/v1/events/", None),
        ("POST auth/v1/session/step-up/", {"password": PASSWORD}),
        (
            "PUT auth/v1/password/",
            {"current_password": PASSWORD, "new_password": NEW_PASSWORD},
        ),
        ("POST auth/v1/email/change/", {"email": NEW}),
        ("GET terms/v1/pending/", None),
        ("POST terms/v1/acceptances/", {"acceptances": []}),
    ],
)
def test_is_signed_out_everywhere(ada, mailbox, hide, request_, body):
    sent = len(mailbox)
    hide(ada)
    method, path = request_.split()

    by_token = ada.send(request_, body)
    by_cookie = getattr(ada.browser, method.lower())(f"/api/{path}", body)

    assert code_of(by_token) == code_of(by_cookie) == (401, "authentication_failed")
    assert len(mailbox) == sent


def test_cannot_renew_tokens(ada, hide):
    hide(ada)

    assert code_of(ada.refresh()) == (401, "invalid_refresh_token")


def test_cannot_sign_in_and_is_answered_as_a_stranger(ada, hide):
    hide(ada)
    refused = ada.sign_in()
    ada.email = "unknown@example.com"
    unknown = ada.sign_in()

    assert code_of(refused) == code_of(unknown) == (401, "invalid_credentials")


def test_gets_no_mail_with_a_code_to_reset_the_password(ada, mailbox, hide):
    hide(ada)
    sent = len(mailbox)

    response = ada.ask_for_reset()

    assert response.status_code == 202
    assert len(mailbox) == sent


def test_cannot_reset_the_password_with_a_code_from_before(ada, mailbox, hide):
    ada.ask_for_reset()
    answers = [{"email": ada.email, "code": ada.code}, {"token": token_in(mailbox[-1])}]
    hide(ada)

    responses = [
        ada.send(
            "POST auth/v1/password/reset/confirmation/",
            {**answer, "new_password": NEW_PASSWORD},
        )
        for answer in answers
    ]

    assert [code_of(it) for it in responses] == [(400, "invalid_confirmation")] * 2
    assert Person.everyone.get(email=ada.email).check_password(PASSWORD)


def test_a_registration_with_their_address_gets_no_mail_and_no_account(
    ada, mailbox, hide, settings
):
    settings.STARTERKIT_AUTH = {"RESEND_COOLDOWN": timedelta()}
    hide(ada)
    sent = len(mailbox)
    ada.sign_up(password=NEW_PASSWORD)
    token = {"registration_token": ada.registration_token}
    resent = ada.send("POST auth/v1/registration/code/", token)
    code = challenge_secrets.code_of(PendingRegistration.objects.get())
    confirmed = ada.send(
        "POST auth/v1/registration/confirmation/", {**token, "code": code}
    )

    assert code_of(confirmed) == (400, "invalid_confirmation")
    assert resent.status_code == 202
    assert len(mailbox) == sent
    assert Person.everyone.get().check_password(PASSWORD)


def test_gets_no_mail_with_a_code_to_prove_the_address(ada, mailbox, hide, settings):
    settings.STARTERKIT_AUTH = {"RESEND_COOLDOWN": timedelta()}
    EmailAddress.objects.update(verified_at=None)
    token = ada.sign_in().json()["registration_token"]
    hide(ada)
    sent = len(mailbox)

    resent = ada.send("POST auth/v1/registration/code/", {"registration_token": token})

    assert resent.status_code == 202
    assert len(mailbox) == sent


def test_cannot_confirm_or_undo_a_change_of_address(ada, mailbox, hide):
    ada.send("POST auth/v1/email/change/", {"email": NEW})
    ada.send("POST auth/v1/email/change/confirmation/", {"code": ada.code})
    way_back = token_in(mailbox[-1])
    ada.send("POST auth/v1/email/change/", {"email": "third@example.com"})
    pending = token_in(mailbox[-1])
    ada.email = NEW
    hide(ada)

    confirmed = ApiClient().post(
        "/api/auth/v1/email/change/confirmation/", {"token": pending}
    )
    undone = ApiClient().post(
        "/api/auth/v1/email/change/reversal/", {"token": way_back}
    )

    assert code_of(confirmed) == code_of(undone) == (400, "invalid_confirmation")
    assert Person.everyone.get().email == NEW


@pytest.mark.parametrize("registered", [True, False])
def test_keeps_the_address_which_is_taken_for_others(ada, mailbox, hide, registered):
    if not registered:
        EmailAddress.objects.all().delete()
    hide(ada)
    sent = len(mailbox)

    response = ada.sign_up(password=NEW_PASSWORD)

    assert response.status_code == 202
    assert response.json().keys() == {"status", "registration_token"}
    assert len(mailbox) == sent
    assert Person.everyone.get().check_password(PASSWORD)


def test_the_address_of_a_hidden_person_cannot_be_changed_to(ada, person, mailbox):
    delete(ada)
    bob = type(person)(mailbox)
    bob.email = "bob@example.com"
    bob.sign_up()
    bob.confirm()
    sent = len(mailbox)

    response = bob.send("POST auth/v1/email/change/", {"email": ada.email})

    assert response.status_code == 202
    assert len(mailbox) == sent


def test_a_shown_person_with_the_address_of_a_hidden_one_signs_in(ada, make_user):
    """As with ModelBackend; such a project lets go of the addresses of the deleted."""
    delete(ada)
    EmailAddress.objects.all().delete()
    heir = make_user(email=ada.email, tenant="north", deleted_at=None, username="heir")
    EmailAddress.objects.create(user=heir, address=ada.email, key=ada.email)
    EmailAddress.objects.update(verified_at=timezone.now())

    assert ada.sign_in().status_code == 201


def test_is_back_with_the_address_once_shown_again(ada):
    delete(ada)
    Person.everyone.update(deleted_at=None)

    assert ada.sign_in().status_code == 201


def test_administrators_still_find_and_export_a_hidden_person(ada):
    delete(ada)
    hidden = Person.everyone.get()

    call_command("auth_end_sessions", user=ada.email, stdout=(out := StringIO()))

    assert re.search(r"\b2\b", out.getvalue())
    assert personal_data.export(hidden)["auth"]["addresses"]


def test_a_request_costs_one_query_more(ada):
    ada.read_me()

    with CaptureQueriesContext(connection) as queries:
        ada.read_me()

    read = [it["sql"] for it in queries if get_user_model()._meta.db_table in it["sql"]]
    assert len(read) == 2


def token_in(mail):
    [token, *_] = re.findall(r"\b(skl_[\w-]+)", mail.body)
    return token
