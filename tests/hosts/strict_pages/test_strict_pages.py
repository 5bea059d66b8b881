"""Every page that there is works under the policy of ``presets.security()``."""

import django
import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from starterkit_core import presets
from starterkit_core.testing.plugin import PASSWORD
from tests.browser import browser

pytestmark = pytest.mark.django_db(transaction=True)
HAS_POLICY = pytest.mark.skipif(
    django.VERSION < (6, 0), reason="Django has the policy from 6.0 on"
)

USERS = "/admin/starterkit_users/user/"
FILL_IN = """
document.querySelector("#id_username").value = "%s";
document.querySelector("#id_password").value = "%s";
document.querySelector("#login-form").submit();
"""


def violations(page):
    return [it for it in page.complaints if "Content Security Policy" in it]


@pytest.fixture
def person(make_user):
    return make_user(is_staff=True, is_superuser=True)


def test_a_form_of_the_admin_is_taken_with_the_cookies_of_https(settings, person):
    for name, value in presets.security().items():
        setattr(settings, name, value)
    browser = Client(enforce_csrf_checks=True)
    login = "/admin/login/?next=/admin/"
    browser.get(login, secure=True)
    token = browser.cookies["__Host-csrftoken"].value
    form = {"username": person.email, "password": PASSWORD}

    answer = browser.post(
        login,
        form | {"csrfmiddlewaretoken": token},
        secure=True,
        headers={"Origin": "https://testserver"},
    )

    assert answer.status_code == 302
    for name in ("__Host-sessionid", "__Host-csrftoken"):
        cookie = browser.cookies[name]
        assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", "")
        assert cookie["samesite"] == "Lax"


@HAS_POLICY
def test_a_page_has_a_policy_without_other_hosts():
    policy = Client().get("/admin/login/")["Content-Security-Policy"]

    assert policy.startswith("default-src 'self'; ")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


@HAS_POLICY
def test_an_answer_of_the_api_keeps_its_stricter_policy():
    for path in ("/api/auth/v1/session/", "/api/nothing/", "/api/schema/"):
        policy = Client().get(path)["Content-Security-Policy"]

        assert policy == "default-src 'none'; frame-ancestors 'none'"


@HAS_POLICY
@pytest.mark.slow
def test_the_admin_works_in_a_browser(live_server, person, tmp_path):
    base = live_server.url
    paths = [USERS, f"{USERS}add/", f"{USERS}{person.pk}/change/", "/admin/"]

    with browser(tmp_path / "profile") as page:
        page.visit(f"{base}/admin/login/")
        page.wait_for("document.querySelector('#login-form')")
        page.run(FILL_IN % (person.email, PASSWORD))
        page.wait_for("document.querySelector('#user-tools')")
        for path in paths:
            page.visit(f"{base}{path}")
            page.wait_for(f"location.pathname == '{path}'")
            page.wait_for("document.readyState == 'complete'")
            page.wait_for("document.styleSheets.length > 1")

    assert get_user_model().objects.get().last_login
    assert violations(page) == []


@HAS_POLICY
@pytest.mark.slow
@pytest.mark.parametrize("path", ["docs/", "redoc/"])
def test_the_documentation_works_in_a_browser(live_server, tmp_path, path):
    pytest.importorskip("drf_spectacular_sidecar", reason='the extra "docs"')

    with browser(tmp_path / "profile") as page:
        page.visit(f"{live_server.url}/api/{path}")
        page.wait_for("document.body && document.body.innerText.includes('/v1/')")

    assert violations(page) == []
