"""Each request leaves one line in the log, and what is secret is not in it."""

import logging

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import path, re_path
from rest_framework.decorators import api_view, permission_classes
from rest_framework.permissions import AllowAny
from rest_framework.response import Response

from starterkit_core.errors import ServiceUnavailable
from starterkit_core.http.endpoints import Access, EndpointView
from starterkit_core.http.request_line import LONGEST_PATH, logger, path_of
from starterkit_core.http.resources import resource
from starterkit_core.use_cases import Input, UseCase
from tests.lines import written

THINGS = "/api/sample/v1/things/"
CANARY = "canary-8c1f"
DJANGOS_USER = (
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
)


def answer(request, **kwargs):
    return HttpResponse(status=int(request.GET.get("status", 200)))


@api_view()
def answer_signed_in(request):
    logging.getLogger("view").warning("Here.")
    return Response()


def answer_django(request):
    assert request.user.is_authenticated
    logging.getLogger("view").warning("Here.")
    return answer(request)


class CountCarts(UseCase):
    """A use case in a place that gives it no key."""

    def run(self):
        return None


class CountCartsView(EndpointView):
    use_case = CountCarts
    access = Access.PUBLIC

    def get(self, request, number):
        return self.respond(CountCarts.execute(Input()))


@api_view()
@permission_classes([AllowAny])
def answer_outage(request, token):
    raise ServiceUnavailable(retry_after=1)


urlpatterns = [
    path("carts/<int:number>/", resource(get=CountCartsView)),
    path("outage/<str:token>/", answer_outage),
    path("signed-in/", answer_signed_in),
    path("django/", answer_django),
    path("livez", answer),
    path("readyz/", answer),
    path("reset/<str:token>/", answer),
    path("people/<str:name>/", answer),
    path("confirm/<str:key>/", answer),
    path("pages/<path:page>", answer),
    re_path(r"^maybe/(?P<token>\w*)$", answer),
]


@pytest.fixture
def own_urls(settings):
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = ["starterkit_core.middleware.ApiMiddleware"]


@pytest.fixture
def lines(caplog):
    """Return a function that returns the records of all requests."""
    caplog.set_level(logging.INFO, logger=logger.name)
    return lambda: [it for it in caplog.records if it.name == logger.name]


@pytest.mark.django_db
def test_says_what_was_asked_and_how_it_went(lines):
    Client().get(f"{THINGS}?token={CANARY}", REMOTE_ADDR="203.0.113.77")

    [line] = lines()
    assert (line.method, line.path, line.status) == ("GET", THINGS, 200)
    assert line.endpoint == "tests.sample.v1.things.get"
    assert line.client == "203.0.113.0/24"
    assert 0 < line.milliseconds < 60_000
    assert line.getMessage() == f"GET {THINGS} 200 in {line.milliseconds} ms"
    assert CANARY not in str(vars(line))


@pytest.mark.parametrize(
    ("precision", "shown"),
    [("full", "203.0.113.77"), ("off", ""), ("truncated", "203.0.113.0/24")],
)
def test_shows_the_address_as_the_project_wants_it(lines, settings, precision, shown):
    settings.STARTERKIT_CORE = {"LOG_ADDRESS": precision}

    Client().get("/api/nowhere/", REMOTE_ADDR="203.0.113.77")

    [line] = lines()
    assert (line.client, line.status) == (shown, 404)


@pytest.mark.django_db
def test_a_request_that_fails_has_a_line_too(lines):
    client = Client(raise_request_exception=False)

    client.get("/api/sample/v1/failures/bug/")

    [line] = lines()
    assert (line.status, line.endpoint) == (500, "tests.sample.v1.failures.kind.get")


@pytest.mark.usefixtures("own_urls")
@pytest.mark.parametrize("url", ["/livez", "/readyz/"])
def test_a_health_check_that_went_well_is_quiet(lines, url, caplog):
    Client().get(url)
    assert not lines()

    Client().get(url, {"status": 503})
    [line] = lines()
    assert line.status == 503

    caplog.set_level(logging.DEBUG, logger=logger.name)
    Client().get(url)
    assert [line.levelname for line in lines()] == ["INFO", "DEBUG"]


@pytest.mark.django_db
@pytest.mark.usefixtures("own_urls")
def test_names_an_endpoint_without_a_key_by_its_route(lines):
    Client().get("/carts/7/")

    [line] = lines()
    assert (line.status, line.endpoint) == (200, "carts/<int:number>/")


@pytest.mark.usefixtures("own_urls")
@pytest.mark.parametrize("url", ["/pages/livez", "/pages/secret/readyz/"])
def test_no_client_hides_a_request_behind_the_name_of_a_health_check(lines, url):
    Client().get(url)

    [line] = lines()
    assert (line.levelname, line.path) == ("INFO", url)


@pytest.mark.usefixtures("own_urls")
@pytest.mark.parametrize(
    ("url", "shown", "endpoint"),
    [
        (f"/reset/{CANARY}/", "/reset/[redacted]/", "reset/<str:token>/"),
        (f"/people/{CANARY}@example.com/", "/people/[redacted]/", "people/<str:name>/"),
        (f"/confirm/{CANARY}/", "/confirm/[redacted]/", "confirm/<str:key>/"),
        ("/maybe/", "/maybe/", r"^maybe/(?P<token>\w*)$"),
        (f"/nowhere/token={CANARY}", "/nowhere/token=[redacted]", ""),
    ],
)
def test_shows_no_secret_of_the_path(lines, url, shown, endpoint):
    Client().get(url)

    [line] = lines()
    assert (line.path, line.endpoint) == (shown, endpoint)
    assert CANARY not in str(vars(line))


def test_no_path_forges_a_line_or_fills_the_log():
    request = RequestFactory().get("/a%0d%0aCRITICAL%1b[31m%e2%80%a8" + "x" * 10_000)

    shown = path_of(request)

    assert shown.isprintable()
    assert len(shown) <= LONGEST_PATH


@pytest.mark.usefixtures("own_urls")
def test_every_line_of_a_view_of_the_project_has_its_user(client_of, make_user):
    user = make_user()

    with written() as lines:
        client_of(user).get("/signed-in/")

    assert [(it["logger"], it["user_id"]) for it in lines()] == [
        ("view", str(user.pk)),
        (logger.name, str(user.pk)),
    ]


@pytest.mark.usefixtures("own_urls")
def test_every_line_of_a_view_that_asks_for_djangos_user_has_it(settings, make_user):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, *DJANGOS_USER]
    user, client = make_user(), Client()
    client.force_login(user)

    with written() as lines:
        client.get("/django/", {"status": 400}, HTTP_X_REQUEST_ID="request-1")

    assert [(it["logger"], it["user_id"], it["request_id"]) for it in lines()] == [
        ("view", str(user.pk), "request-1"),
        (logger.name, str(user.pk), "request-1"),
        ("django.request", str(user.pk), "request-1"),  # after the answer
    ]


@pytest.mark.usefixtures("own_urls")
@pytest.mark.parametrize("url", ["/reset/{}/?status=503", "/outage/{}/"])
def test_no_line_about_a_failure_shows_a_secret_of_the_path(url):
    with written() as lines:
        for _ in range(2):  # the second one without a traceback
            Client(raise_request_exception=False).get(url.format(CANARY))

    said = lines()
    assert len(said) >= 4
    assert CANARY not in str(said)


@pytest.mark.usefixtures("own_urls")
def test_a_line_does_not_load_a_lazy_user(
    settings, make_user, django_assert_num_queries
):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, *DJANGOS_USER]
    client = Client()
    client.force_login(make_user())

    with written() as lines, django_assert_num_queries(0):
        client.get("/livez", {"status": 400})

    assert not any("user_id" in line for line in lines())
