"""By default the gate guards our endpoints and the views that ask for it."""

import pytest
from django.test import Client
from rest_framework.authentication import SessionAuthentication

from starterkit_core.models import AuditEvent

PENDING = "/api/terms/v1/pending/"
ACCEPT = "/api/terms/v1/acceptances/"
BY_DJANGO = f"{SessionAuthentication.__module__}.{SessionAuthentication.__name__}"


@pytest.fixture
def editor(make_user):
    """A browser in which an editor has signed in to the administration."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(make_user(is_staff=True, is_superuser=True))
    return browser


@pytest.fixture
def taken(tuner):
    """Accepting works with Django's session."""
    tuner("STARTERKIT_TERMS")(AUTHENTICATION_CLASSES=[BY_DJANGO])


def accept(browser, body, **headers):
    kind = "application/json"
    return browser.post(ACCEPT, body, content_type=kind, headers=headers)


def with_csrf_token(browser):
    browser.get("/admin/")
    token = browser.cookies["csrftoken"].value
    return {"X-CSRFToken": token}


def test_the_whole_journey_works_with_djangos_users(person):
    wrong = person.walk()

    assert wrong == ""


def test_new_terms_close_no_view_of_a_package(editor, published):
    page = editor.get("/admin/api/pages/")

    assert page.status_code == 200


def test_new_terms_close_our_endpoints(user, client_of, published):
    response = client_of(user).patch("/api/users/v1/me/", {})

    assert response.status_code == 403
    assert response.json()["code"] == "terms_acceptance_required"


def test_a_view_that_asks_is_closed_in_the_words_of_the_host(editor, published):
    response = editor.get("/invoices/")

    message = response.json()["message"]
    assert response.status_code == 403
    assert message["code"] == "terms_acceptance_required"
    assert message["pending"][0]["version"] == published["acceptances"][0]["version"]


def test_an_editor_accepts_with_the_session_that_the_host_names(
    editor, taken, published
):
    pending = editor.get(PENDING)
    accepted = accept(editor, published, **with_csrf_token(editor))

    assert [document["document"] for document in pending.json()["results"]] == ["terms"]
    assert accepted.status_code == 201
    assert editor.get(PENDING).json() == {"results": [], "upcoming": []}
    assert editor.get("/invoices/").status_code == 200


def test_accepting_by_a_session_needs_its_csrf_token(editor, taken, published):
    response = accept(editor, published)

    assert response.status_code == 403
    assert response.json()["code"] == "permission_denied"


def test_a_session_that_the_host_does_not_name_reads_nothing(editor, published):
    response = editor.get(PENDING)

    assert response.status_code == 401


def test_the_bearer_token_still_accepts_where_a_session_may(person, taken, published):
    [accepted] = published["acceptances"]
    person.sign_up(accepted_terms=[accepted])
    person.confirm()

    response = person.send("POST terms/v1/acceptances/", published)

    assert response.status_code == 200  # accepted at sign-up already


def test_the_audit_log_shows_an_event_about_an_object_with_a_longer_number(editor):
    """Longer than the id of a user can be: SQLite refuses to compare them."""
    AuditEvent.objects.create(action="shop.sold", subject_id="9" * 25)

    page = editor.get("/admin/starterkit_core/auditevent/")

    assert page.status_code == 200
