import threading
from contextlib import contextmanager
from http.server import HTTPServer, SimpleHTTPRequestHandler

import pytest

from starterkit_core.testing.plugin import PASSWORD
from tests.browser import browser

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

NAMES = {"another port": "localhost", "another site": "127.0.0.1"}

# Returns the status of a request, 0 if the browser does not show the answer.
SEND = """
async (method, url, body) => {
    try {
        const options = { method, credentials: "include", headers: {} };
        if (body) {
            options.headers["Content-Type"] = "application/json";
            options.body = JSON.stringify(body);
        }
        return (await fetch(url, options)).status;
    } catch (error) {
        return 0;
    }
}
"""


class EmptyPage(SimpleHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()

    def log_message(self, *args):
        pass


@contextmanager
def front_end(name):
    """Serve an empty page, and give its origin."""
    server = HTTPServer(("127.0.0.1", 0), EmptyPage)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://{name}:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def statuses(live_server, settings, make_user, tmp_path):
    """Return what a front end sees that signs in, reads, signs out and reads again."""
    user = make_user()

    def walk(name, **cookie):
        settings.STARTERKIT_AUTH = {"EMAIL_VERIFICATION": "off", **cookie}
        port = live_server.url.rpartition(":")[2]
        url = f"http://localhost:{port}/api/auth/v1/session/"
        credentials = {
            "email": user.email,
            "password": PASSWORD,
            "client": {"transport": "cookie"},
        }
        with front_end(name) as origin, browser(tmp_path / "profile") as chromium:
            settings.CORS_ALLOWED_ORIGINS = [origin]
            settings.CSRF_TRUSTED_ORIGINS = [origin]
            chromium.visit(origin)
            chromium.wait_for(f"location.origin == '{origin}' && document.body")
            return [
                chromium.run(f"({SEND})('{method}', '{url}', {body or 'null'})")
                for method, body in [
                    ("POST", credentials),
                    ("GET", None),
                    ("DELETE", None),
                    ("GET", None),
                ]
            ]

    return walk


def test_a_front_end_on_another_port_needs_no_setting_of_the_cookie(statuses):
    assert statuses(NAMES["another port"]) == [201, 200, 204, 401]


def test_a_front_end_on_another_site_uses_the_cookie(statuses):
    seen = statuses(NAMES["another site"], COOKIE_SAMESITE="None")

    assert seen == [201, 200, 204, 401]


@pytest.mark.parametrize(
    "cookie", [{}, {"COOKIE_SAMESITE": "None", "COOKIE_PARTITIONED": False}]
)
def test_browsers_block_any_other_cookie_of_another_site(statuses, cookie):
    assert statuses(NAMES["another site"], **cookie)[:2] == [201, 401]


def test_an_error_reaches_the_front_end_as_itself(client, settings):
    """Without the headers of CORS, a browser would report CORS in its place."""
    settings.CORS_ALLOWED_ORIGINS = [origin := "https://app.example.net"]

    response = client.get("/api/nope/", headers={"Origin": origin})

    assert response.json()["code"] == "not_found"
    assert response.headers["Access-Control-Allow-Origin"] == origin


def test_a_front_end_may_send_an_idempotency_key(client, settings):
    settings.CORS_ALLOWED_ORIGINS = [origin := "https://app.example.net"]

    asked = {"Access-Control-Request-Method": "POST", "Origin": origin}
    response = client.options("/api/terms/v1/acceptances/", headers=asked)

    assert "idempotency-key" in response.headers["Access-Control-Allow-Headers"]
