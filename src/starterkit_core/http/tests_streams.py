import logging

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient, Client
from django.urls import path

from starterkit_core.http.streams import streamed
from starterkit_core.observability.context import current


def numbers(request):
    def parts():
        for number in range(3):
            yield f"{current().request_id}-{number};".encode()

    return streamed(request, parts(), media_type="text/csv", filename="numbers.csv")


def failing(request):
    def parts():
        yield b"first;"
        raise RuntimeError("A bug.")

    return streamed(request, parts(), media_type="text/csv", filename="numbers.csv")


def failing_at_once(request):
    def parts():
        raise RuntimeError("A bug.")
        yield

    return streamed(request, parts(), media_type="text/csv", filename="numbers.csv")


urlpatterns = [
    path("numbers/", numbers),
    path("failing/", failing),
    path("failing-at-once/", failing_at_once),
]


@pytest.fixture(autouse=True)
def own_urls(settings):
    """Serve the views of this file, without the middleware that reads the database."""
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = ["starterkit_core.middleware.ApiMiddleware"]


def test_a_file_is_sent_part_by_part_in_the_context_of_the_request():
    answer = Client().get("/numbers/", HTTP_X_REQUEST_ID="request-1")

    assert [*answer.streaming_content] == [
        b"request-1-0;",
        b"request-1-1;",
        b"request-1-2;",
    ]
    assert answer["Content-Type"] == "text/csv"
    assert answer["Content-Disposition"] == 'attachment; filename="numbers.csv"'


def test_an_asynchronous_server_gets_it_part_by_part_too():
    async def read():
        headers = {"X-Request-ID": "request-1"}
        answer = await AsyncClient().get("/numbers/", headers=headers)
        assert answer.is_async
        return [part async for part in answer.streaming_content]

    assert async_to_sync(read)() == [b"request-1-0;", b"request-1-1;", b"request-1-2;"]


def test_a_head_has_no_body():
    answer = Client().head("/numbers/")

    assert b"".join(answer.streaming_content) == b""


def test_what_fails_at_once_is_answered_as_an_error():
    answer = Client(raise_request_exception=False).get("/failing-at-once/")

    assert answer.status_code == 500


def test_a_file_that_breaks_off_is_logged_and_the_connection_ends(caplog):
    answer = Client().get("/failing/")

    with caplog.at_level(logging.ERROR), pytest.raises(RuntimeError):
        b"".join(answer.streaming_content)
    assert "A file broke off while it was sent." in caplog.text
