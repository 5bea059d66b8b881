from http import HTTPStatus

import pytest
from django.contrib.auth.signals import (
    user_logged_in,
    user_logged_out,
    user_login_failed,
)
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from starterkit_core.testing.plugin import PASSWORD

pytestmark = pytest.mark.django_db

URL = reverse("starterkit_auth:session")


def body_of(user, password=PASSWORD):
    return {"email": getattr(user, user.get_email_field_name()), "password": password}


def test_says_who_signed_in_and_out(api, bearer, member, received):
    came, went = received(user_logged_in), received(user_logged_out)

    opened = api.post(URL, body_of(member)).json()
    bearer(opened["access_token"]).delete(URL)

    assert [facts["user"] for facts in (*came, *went)] == [member, member]
    assert {facts["request"].path for facts in (*came, *went)} == {URL}


def test_a_sign_out_that_changes_nothing_says_nothing(bearer, opened, received):
    went = received(user_logged_out)

    for _ in range(2):
        bearer(opened.access_token).delete(URL)

    assert len(went) == 1


@pytest.mark.parametrize("known", [True, False])
def test_says_who_failed_but_not_with_which_password(api, member, received, known):
    failed = received(user_login_failed)
    body = {**body_of(member, "wrong"), **({} if known else {"email": "no@no.test"})}

    api.post(URL, body)

    [facts] = failed
    username = member.get_username() if known else "no@no.test"
    assert set(facts["credentials"].values()) == {username}
    assert facts["credentials"]["username"] == username
    assert facts["request"].path == URL


def test_a_right_password_of_an_unproven_address_is_no_failure(
    api, make_user, received
):
    came, failed = received(user_logged_in), received(user_login_failed)

    response = api.post(URL, body_of(make_user()))

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert (came, failed) == ([], [])


def test_the_last_login_is_saved_once(api, member, received):
    received(user_logged_in)
    table = connection.ops.quote_name(type(member)._meta.db_table)

    with CaptureQueriesContext(connection) as queries:
        api.post(URL, body_of(member))

    updates = [q["sql"] for q in queries if q["sql"].startswith(f"UPDATE {table}")]
    assert len(updates) == 1
