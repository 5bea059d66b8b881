"""What an administrator may call who acts as a user: what the page says, no more."""

import pytest
from django.contrib.auth import get_user_model

from starterkit_auth.conftest import open_session
from starterkit_core.http.endpoints import Access
from starterkit_core.models import AuditEvent
from starterkit_core.testing.client import ApiClient
from tests.documented import operations
from tests.security.attacks import USERS, example, named, send
from tests.security.test_documents import to_impersonator

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_limits")]


def caller(token):
    client = ApiClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


@pytest.fixture
def acting(make_user, member):
    """A superuser who acts as a member."""
    chief = caller(open_session(make_user(is_superuser=True)).access_token)
    url = f"{USERS}users/{member.pk}/impersonation/"
    begun = chief.post(url, {"reason": "Ticket 4711"})
    return caller(begun.json()["access_token"])


@pytest.mark.parametrize(
    "operation",
    [it for it in operations() if it.view.access is not Access.PUBLIC],
    ids=named,
)
def test_each_operation_answers_an_impersonator_as_the_page_says(
    acting, member, operation
):
    before = get_user_model().objects.filter(pk=member.pk).values().get()
    body = example(operation) if operation.view.request_class else None

    answer = send(acting, operation, body)

    code = answer.json().get("code", "") if answer.content else ""
    is_refused = to_impersonator(operation.view) == "refused"
    assert (code == "not_while_impersonating") == is_refused, code
    if is_refused:
        after = get_user_model().objects.filter(pk=member.pk).values().get()
        assert after == before
        events = AuditEvent.objects.exclude(action__contains="impersonation")
        assert not events.exists()


@pytest.mark.parametrize(
    "operation",
    [it for it in operations() if to_impersonator(it.view) == "refused"],
    ids=named,
)
def test_the_document_shows_the_refusal(operation):
    codes = {problem["code"] for problem in operation.problems()}

    assert "not_while_impersonating" in codes
