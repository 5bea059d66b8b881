"""One line guards the whole project, and locks no user out for good."""

from rest_framework.authentication import SessionAuthentication

BY_DJANGO = f"{SessionAuthentication.__module__}.{SessionAuthentication.__name__}"


def test_closes_a_view_that_says_nothing(client_of, user, published):
    client = client_of(user)

    refused = client.get("/orders/")
    client.post("/api/terms/v1/acceptances/", published)

    message = refused.json()["message"]
    assert refused.status_code == 403
    assert message["code"] == "terms_acceptance_required"
    assert message["pending"][0]["document"] == "terms"
    assert client.get("/orders/").status_code == 200


def test_closes_it_to_our_tokens(person, published, tuner):
    tuner("STARTERKIT_TERMS")(REQUIRED_AT_SIGN_UP=False)
    person.sign_up()
    person.confirm()

    response = person.client.get("/orders/")

    assert response.status_code == 403
    assert response.json()["message"]["code"] == "terms_acceptance_required"


def test_lets_an_editor_through_who_has_no_way_to_accept(office, published):
    page = office.get("/admin/api/pages/")

    assert page.status_code == 200


def test_stops_an_editor_who_can_accept(office, published, tuner):
    tuner("STARTERKIT_TERMS")(AUTHENTICATION_CLASSES=[BY_DJANGO])

    refused = office.get("/admin/api/pages/")
    kind = "application/json"
    office.post("/api/terms/v1/acceptances/", published, content_type=kind)

    assert refused.status_code == 403
    assert office.get("/admin/api/pages/").status_code == 200


def test_a_view_that_asks_for_the_gate_is_closed_to_everybody(office, published):
    page = office.get("/invoices/")

    assert page.status_code == 403


def test_our_endpoints_answer_problems_under_the_handler_of_the_host(
    client_of, user, published
):
    response = client_of(user).patch("/api/users/v1/me/", {})

    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["pending"][0]["document"] == "terms"
