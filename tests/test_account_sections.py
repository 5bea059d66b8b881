"""Each section of an account keeps its budget, whatever modules are installed."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from starterkit_core.ports import account_sections
from tests.situations import Caller

NAMES = sorted(account_sections.sections())
URL = reverse("starterkit_users:me")

pytestmark = pytest.mark.django_db


@pytest.fixture
def caller(make_user, mailbox, tmp_path):
    caller = Caller(make_user, mailbox, tmp_path)
    caller.open_session()
    return caller


def test_there_are_the_sections_of_the_modules():
    assert NAMES == ["auth", "terms"]


@pytest.mark.parametrize("name", NAMES)
def test_a_section_keeps_its_budget(caller, name):
    section = account_sections.sections()[name]
    caller.publish_terms()

    with CaptureQueriesContext(
        connection,
    ) as used:
        value = section.read(caller.user)

    assert value
    assert len(used) <= section.max_queries


def test_who_asks_for_no_section_pays_for_none(caller):
    def cost(query):
        with CaptureQueriesContext(connection) as used:
            answer = caller.client.get(f"{URL}{query}")
        return len(used), answer.json().get("sections", {})

    cost("")
    none, _ = cost("")
    everything, shown = cost(f"?include={','.join(NAMES)}")

    budgets = [it.max_queries for it in account_sections.sections().values()]
    assert sorted(shown) == NAMES
    assert everything <= none + sum(budgets)


def test_the_sections_tell_what_is_outstanding(caller):
    caller.publish_terms()

    body = caller.client.get(f"{URL}?include=terms,auth").json()

    assert body["sections"] == {
        "terms": {"pending": 1},
        "auth": {"email_verified": True},
    }
