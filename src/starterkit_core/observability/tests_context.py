"""Each request and task has its own ids, however many run at the same time."""

import asyncio
import logging
from threading import Barrier, Thread

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse, StreamingHttpResponse
from django.test import AsyncClient, Client
from django.urls import path
from django.utils.functional import SimpleLazyObject

from starterkit_core.observability.context import (
    NO_CONTEXT,
    Context,
    current,
    entered,
    trace_of,
)

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
PARENT_ID = "b7ad6b7169203331"
VALID = f"00-{TRACE_ID}-{PARENT_ID}-01"

logger = logging.getLogger(__name__)
together = Barrier(4)


def shown():
    context = current()
    return f"{context.request_id} {context.trace_id} {context.user_id}"


def show(request):
    return HttpResponse(shown())


def show_when_all_are_there(request):
    together.wait(timeout=10)
    before = shown()
    together.wait(timeout=10)
    return HttpResponse(before if shown() == before else "mixed")


async def show_later(request):
    before = shown()
    await asyncio.sleep(0.05)
    inner = await asyncio.create_task(show_in_a_task())
    return HttpResponse(before if shown() == inner == before else "mixed")


async def show_in_a_task():
    await asyncio.sleep(0.01)
    return shown()


def fail(request):
    raise RuntimeError("A bug.")


async def fail_later(request):
    raise RuntimeError("A bug.")


def stream(request):
    def parts():
        for _ in range(2):
            yield f"{current().request_id};"

    return StreamingHttpResponse(parts())


async def stream_later(request):
    async def parts():
        for _ in range(2):
            yield f"{current().request_id};"

    return StreamingHttpResponse(parts())


urlpatterns = [
    path("show/", show),
    path("together/", show_when_all_are_there),
    path("later/", show_later),
    path("fail/", fail),
    path("fail-later/", fail_later),
    path("stream/", stream),
    path("stream-later/", stream_later),
]


@pytest.fixture(autouse=True)
def own_urls(settings):
    """Serve the views of this file, without the middleware that reads the database."""
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = ["starterkit_core.middleware.ApiMiddleware"]


def test_takes_over_the_trace_of_the_caller():
    answer = Client().get(
        "/show/", HTTP_X_REQUEST_ID="request-1", HTTP_TRACEPARENT=VALID
    )

    assert answer.content.decode() == f"request-1 {TRACE_ID} "
    assert answer.headers["X-Request-ID"] == "request-1"


@pytest.mark.parametrize(
    ("traceparent", "is_sampled"),
    [
        (VALID, True),
        (f"00-{TRACE_ID}-{PARENT_ID}-00", False),
        (f"00-{TRACE_ID}-{PARENT_ID}-03", True),  # a flag of level 2
        (f"cc-{TRACE_ID}-{PARENT_ID}-01", True),  # a later version
        (f"cc-{TRACE_ID}-{PARENT_ID}-01-what-the-future-will-be-like", True),
    ],
)
def test_reads_each_valid_traceparent(traceparent, is_sampled):
    trace = trace_of(traceparent)

    assert (trace.trace_id, trace.parent_id) == (TRACE_ID, PARENT_ID)
    assert trace.is_sampled is is_sampled
    assert trace_of(str(trace)) == trace


@pytest.mark.parametrize(
    "traceparent",
    [
        "",
        "nonsense",
        f"ff-{TRACE_ID}-{PARENT_ID}-01",
        f"00-{'0' * 32}-{PARENT_ID}-01",
        f"00-{TRACE_ID}-{'0' * 16}-01",
        f"00-{TRACE_ID.upper()}-{PARENT_ID}-01",
        f"00-{TRACE_ID}-{PARENT_ID}-01-more",
        f"cc-{TRACE_ID}-{PARENT_ID}-01.more",
        f"00-{TRACE_ID}-{PARENT_ID}",
        f"00-{TRACE_ID[:-1]}-{PARENT_ID}-01",
        f"00-{TRACE_ID}-{PARENT_ID}-0g",
        f" {VALID}",
        f"{VALID}\n",
        f"{VALID},{VALID}",  # the header twice
        VALID.replace("0af7", "٠١٢٣"),  # digits, but not of ASCII
    ],
)
def test_begins_a_trace_where_the_traceparent_is_malformed(traceparent):
    first, second = trace_of(traceparent), trace_of(traceparent)

    assert first.trace_id != second.trace_id
    assert TRACE_ID not in {first.trace_id, second.trace_id}
    assert (first.parent_id, first.is_sampled) == ("", False)
    assert trace_of(str(first)).trace_id == first.trace_id  # what it hands on is valid


def test_requests_in_threads_do_not_mix():
    answers = {}

    def call(number):
        answer = Client().get("/together/", HTTP_X_REQUEST_ID=f"request-{number}")
        answers[number] = answer.content.decode()

    threads = [Thread(target=call, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {n: it.split()[0] for n, it in answers.items()} == {
        number: f"request-{number}" for number in range(4)
    }
    assert len({it.split()[1] for it in answers.values()}) == 4


def test_requests_in_one_event_loop_do_not_mix():
    async def call(number):
        answer = await AsyncClient().get(
            "/later/", headers={"X-Request-ID": f"request-{number}"}
        )
        return answer.content.decode().split()[0], current()

    async def call_all():
        return await asyncio.gather(*map(call, range(10)))

    answers = asyncio.run(call_all())

    assert answers == [(f"request-{number}", NO_CONTEXT) for number in range(10)]


def test_an_abandoned_coroutine_leaves_the_context_of_others_alone():
    async def wait():
        with entered(Context(request_id="abandoned")):
            await asyncio.Event().wait()

    async def abandon():
        waiting = wait()
        waiting.send(None)
        return waiting

    waiting = asyncio.run(abandon())  # entered in a copy of the context, as tasks are

    with entered(mine := Context(request_id="mine")):
        waiting.close()  # what the garbage collector does
        assert current() is mine


@pytest.mark.parametrize("url", ["/show/", "/fail/", "/nowhere/", "/stream/"])
def test_is_reset_after_each_answer(url):
    Client(raise_request_exception=False).get(url)

    assert current() is NO_CONTEXT


@pytest.mark.parametrize("url", ["/later/", "/fail-later/", "/fail/", "/nowhere/"])
def test_is_reset_after_each_answer_in_an_event_loop(url):
    async def call():
        await AsyncClient(raise_request_exception=False).get(url)
        return current()

    assert asyncio.run(call()) is NO_CONTEXT


def test_a_streamed_body_is_made_with_the_ids_of_its_request():
    answer = Client().get("/stream/", HTTP_X_REQUEST_ID="request-1")

    parts = answer.streaming_content
    assert next(parts) == b"request-1;"
    assert current() is NO_CONTEXT  # as the server does something else in between
    assert next(parts) == b"request-1;"


def test_a_streamed_body_of_an_event_loop_is_made_with_them_too():
    async def call():
        answer = await AsyncClient().get(
            "/stream-later/", headers={"X-Request-ID": "request-1"}
        )
        return [(part, current()) async for part in answer.streaming_content]

    assert asyncio.run(call()) == [(b"request-1;", NO_CONTEXT)] * 2


class Request:
    """As much of a request as a context reads."""

    def __init__(self, user):
        self.user = user


class User:
    pk = 7


class OddUser:
    @property
    def pk(self):
        raise KeyError("user_id")


@pytest.mark.parametrize(
    ("user", "user_id"),
    [(User(), "7"), (AnonymousUser(), ""), (None, ""), (OddUser(), "")],
)
def test_knows_the_user_once_it_is_authenticated(user, user_id):
    assert Context(request=Request(user)).user_id == user_id


def test_knows_a_lazy_user_once_a_view_has_asked_for_it():
    user = SimpleLazyObject(User)
    context = Context(request=Request(user))
    assert not context.user_id

    assert user.pk

    assert context.user_id == "7"
