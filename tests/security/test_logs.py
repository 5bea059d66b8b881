"""Each line of a request names its user, however the user proves who it is."""

import pytest
from django.test import Client

from starterkit_core.testing.plugin import PASSWORD
from tests.lines import written
from tests.security.attacks import AUTH

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("no_limits"),
]


def of_requests(lines):
    return [line for line in lines if line["logger"] == "starterkit.requests"]


def test_the_line_of_a_sign_in_names_the_user(member):
    body = {"email": member.email, "password": PASSWORD}

    with written() as lines:
        Client().post(f"{AUTH}session/", body, "application/json")
        wrong = {**body, "password": "wrong wrong wrong"}
        Client().post(f"{AUTH}session/", wrong, "application/json")

    signed_in, refused = of_requests(lines())
    assert (signed_in["status"], signed_in["user_id"]) == (201, str(member.pk))
    assert refused["status"] == 401
    assert "user_id" not in refused


@pytest.mark.parametrize("transport", ["bearer", "cookie"])
def test_the_line_of_a_request_with_a_session_names_the_user(
    member, open_for, transport
):
    opened = open_for(member, transport=transport)

    with written() as lines:
        opened.caller.get(f"{AUTH}session/", HTTP_X_REQUEST_ID="request-1")

    [line] = of_requests(lines())
    assert (line["status"], line["user_id"]) == (200, str(member.pk))
    assert line["request_id"] == "request-1"
