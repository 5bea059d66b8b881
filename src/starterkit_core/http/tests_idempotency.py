"""A request with an ``Idempotency-Key`` has its effect once."""

from datetime import timedelta
from http import HTTPStatus

import pytest
import time_machine
from django.core.cache.backends.locmem import LocMemCache
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import path
from rest_framework import serializers
from rest_framework.response import Response

from starterkit_core.errors import DomainError
from starterkit_core.http.endpoints import Access, EndpointView
from starterkit_core.http.fields import IssuedSecretField
from starterkit_core.http.idempotency import IdempotencyKey
from starterkit_core.http.resources import resource
from starterkit_core.models import KeptAnswer
from starterkit_core.ports import access_gates
from tests.sample.models import Thing
from tests.sample.v1.things.post.use_case import CreateThing
from tests.sample.v1.things.post.views import CreateThingView
from tests.sample.v1.things.serializers import ThingRepresentation

URL = "/api/sample/v1/things/"
KEY = "tests.sample.v1.things.post"
LAMP = {"name": "Lamp", "note": "Bright."}
SIGNS = "!#$%&'()*+-./:;<=>?@[]^_`{|}~"
UUID = "8e03978e-40d5-43dd-bc93-6894a57f9324"

pytestmark = pytest.mark.django_db


class ThingAt(CreateThingView):
    """It says where the thing is."""

    def success_headers(self, instance):
        return {"Location": f"/things/{instance.pk}/"}


class UngatedThing(CreateThingView):
    access = Access.SIGNED_IN


class ThingWithKey(CreateThingView):
    idempotency_key = IdempotencyKey.REQUIRED


class ThingWithBareAnswer(CreateThingView):
    """Its answer is not the one that was kept."""

    def post(self, request):
        super().post(request)
        return Response()


urlpatterns = [
    path("ungated/", resource(post=UngatedThing)),
    path("at/", resource(post=ThingAt)),
    path("here/", resource(post=CreateThingView)),
    path("there/", resource(post=CreateThingView)),
    path("required/", resource(post=ThingWithKey)),
    path("alone/", ThingWithKey.as_view()),
    path("bare/", resource(post=ThingWithBareAnswer)),
]


@pytest.fixture
def here(settings):
    """Serve the views above, below no prefix."""
    settings.ROOT_URLCONF = __name__


@pytest.fixture
def client(client_of, user):
    return client_of(user)


@pytest.fixture
def replace(settings):
    """Return a function that puts a use case or an answer in the place of ours."""

    def put(**parts):
        paths = {name: f"{__name__}.{cls.__name__}" for name, cls in parts.items()}
        settings.STARTERKIT_OVERRIDES = {KEY: paths}

    return put


def send(client, body=LAMP, key=UUID, url=URL, **headers):
    return client.post(url, body, headers={"Idempotency-Key": key, **headers})


def is_repeated(response):
    return response.headers.get("Idempotency-Replayed") == "true"


def test_a_retry_gets_the_first_answer_and_has_no_effect(client):
    first, retry = send(client), send(client)

    assert (first.status_code, retry.status_code) == (201, 201)
    assert first.content == retry.content
    assert first.headers["Content-Type"] == retry.headers["Content-Type"]
    assert [is_repeated(it) for it in (first, retry)] == [False, True]
    assert first.headers["X-Request-ID"] != retry.headers["X-Request-ID"]
    assert retry.headers["Cache-Control"] == "no-store"
    assert Thing.objects.count() == 1


def statements(call):
    """Return the words of the statements that a request sends."""
    with CaptureQueriesContext(connection) as queries:
        assert call().status_code == HTTPStatus.CREATED
    return [query["sql"].split()[0] for query in queries]


@pytest.mark.usefixtures("here")
def test_a_request_without_a_key_keeps_no_answer_and_costs_nothing_more(client):
    words = statements(lambda: client.post("/ungated/", LAMP))

    assert words == ["SAVEPOINT", "INSERT", "RELEASE"]
    assert not KeptAnswer.objects.exists()


@pytest.mark.usefixtures("here")
def test_a_key_costs_four_statements_and_a_retry_one(client):
    first, retry = (statements(lambda: send(client, url="/ungated/")) for _ in range(2))

    own = ["SAVEPOINT", "INSERT", "INSERT", "UPDATE", "RELEASE"]
    assert first == ["SELECT", "SELECT", *own]
    assert retry == ["SELECT"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (UUID, f'"{UUID}"'),
        ("!#$%&'()*+-./:;<=>?@[]^_`{|}~", '"!#$%&\'()*+-./:;<=>?@[]^_`{|}~"'),
        ("x" * 255, "x" * 255),
    ],
)
def test_a_key_may_have_the_quotes_of_a_structured_field(client, one, other):
    first, retry = send(client, key=one), send(client, key=other)

    assert first.status_code == HTTPStatus.CREATED
    assert is_repeated(retry)


@pytest.mark.parametrize(
    "key",
    [
        "",
        '""',
        '"abc',
        'abc"',
        "a b",
        "a,b",
        "a\\b",
        "x" * 256,
        "é",
        "a\x00",
        '"a";b=1',
    ],
)
def test_refuses_a_malformed_key(client, key):
    response = send(client, key=key)

    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert response.json()["code"] == "invalid_idempotency_key"
    assert not Thing.objects.exists()


@pytest.mark.usefixtures("here")
def test_an_endpoint_may_require_a_key(client):
    refused = client.post("/required/", LAMP)
    created, retry = (send(client, url="/required/") for _ in range(2))

    assert refused.status_code == HTTPStatus.BAD_REQUEST
    assert refused.json()["code"] == "idempotency_key_missing"
    assert created.status_code == HTTPStatus.CREATED
    assert is_repeated(retry)


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("method", ["OPTIONS", "GET", "ANSWER"])
def test_other_methods_of_a_view_take_no_key(client, method):
    headers = {"Idempotency-Key": UUID}

    response = client.generic(method, "/alone/", headers=headers)

    assert response.status_code == HTTPStatus.METHOD_NOT_ALLOWED


@pytest.mark.parametrize(
    ("body", "url"), [({**LAMP, "note": "Dim."}, URL), (LAMP, f"{URL}?x=1")]
)
def test_refuses_a_key_of_another_request(client, body, url):
    send(client)

    response = send(client, body, url=url)

    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert response.json()["code"] == "idempotency_key_reused"
    assert Thing.objects.count() == 1


def test_the_order_of_names_and_the_spaces_make_no_other_request(client):
    send(client)

    text = b'{"note":"Bright.",   "name": "\\u004camp"}'
    headers = {"Idempotency-Key": UUID}
    retry = client.generic(
        "POST", URL, text, content_type="application/json", headers=headers
    )

    assert is_repeated(retry)


def test_a_key_of_another_user_is_another_key(client, client_of, make_user):
    mine = send(client)
    theirs = send(client_of(make_user()), {"name": "Chair"})

    assert theirs.status_code == HTTPStatus.CREATED
    assert not is_repeated(theirs)
    assert mine.json()["id"] != theirs.json()["id"]
    assert KeptAnswer.objects.count() == 2


def test_another_user_never_gets_an_answer_of_mine(client, client_of, make_user):
    send(client)

    response = send(client_of(make_user()))

    assert response.json()["code"] == "name_taken"
    assert not is_repeated(response)


@pytest.mark.usefixtures("here")
def test_a_key_at_another_path_is_another_key(client):
    here = send(client, url="/here/")
    there = send(client, {"name": "Chair"}, url="/there/")

    assert (here.status_code, there.status_code) == (201, 201)
    assert Thing.objects.count() == 2


def test_a_key_expires(client, settings):
    settings.STARTERKIT_CORE = {"IDEMPOTENCY_KEY_LIFETIME": timedelta(hours=1)}
    with time_machine.travel("2026-11-26T08:00Z", tick=False):
        send(client)
    with time_machine.travel("2026-11-26T08:59Z", tick=False):
        in_time = send(client)
    with time_machine.travel("2026-11-26T09:00Z", tick=False):
        late = send(client, {"name": "Chair"})

    assert is_repeated(in_time)
    assert late.status_code == HTTPStatus.CREATED
    assert not is_repeated(late)
    assert KeptAnswer.objects.count() == 1


def test_a_refusal_is_not_kept_so_a_retry_may_succeed(client):
    thing = Thing.objects.create(name="Lamp")
    refused = send(client)
    invalid = send(client, {"name": ""}, key="another")
    kept = KeptAnswer.objects.count()
    thing.delete()

    retry = send(client)
    corrected = send(client, {"name": "Chair"}, key="another")

    assert refused.json()["code"] == "name_taken"
    assert invalid.json()["code"] == "validation_error"
    assert kept == 0
    assert (retry.status_code, corrected.status_code) == (201, 201)
    assert not is_repeated(retry)


def test_who_is_signed_out_gets_no_kept_answer(client, api):
    send(client)

    response = send(api)

    assert response.status_code == HTTPStatus.UNAUTHORIZED


class Stopped(DomainError):
    code = "stopped"
    message = "Stop."
    status = HTTPStatus.FORBIDDEN


class Gate:
    code = "stopped"
    order = 10
    exempt = frozenset()

    def refusal(self, user):
        return Stopped()


def test_who_is_stopped_by_a_gate_gets_no_kept_answer(client, request):
    send(client)
    access_gates.register(Gate())
    request.addfinalizer(lambda: access_gates.unregister(Gate.code))

    response = send(client)

    assert response.json()["code"] == "stopped"


class Impatient(CreateThing):
    """While it is answered, the client sends the request again."""

    client, retries = None, []

    def prepare(self):
        self.retries.append(send(self.client))


def test_a_retry_that_comes_too_early_is_told_to_wait(client, client_of, user, replace):
    replace(use_case=Impatient)
    Impatient.client, Impatient.retries = client_of(user), []

    first, later = send(client), send(client)

    [early] = Impatient.retries
    assert early.status_code == HTTPStatus.CONFLICT
    assert early.json()["code"] == "request_in_progress"
    assert early.headers["Retry-After"] == "2"
    assert first.status_code == HTTPStatus.CREATED
    assert is_repeated(later)


class Deadlock(Exception):
    sqlstate = "40P01"


class MeetsDeadlock(CreateThing):
    """Its first run ends in a conflict."""

    runs = 0

    def run(self):
        thing = super().run()
        MeetsDeadlock.runs += 1
        if MeetsDeadlock.runs == 1:
            raise OperationalError from Deadlock()
        return thing


@pytest.mark.django_db(transaction=True)
def test_the_answer_is_that_of_the_run_that_was_committed(client, replace):
    replace(use_case=MeetsDeadlock)
    MeetsDeadlock.runs = 0

    first, retry = send(client), send(client)

    assert MeetsDeadlock.runs == 2
    assert first.json()["id"] == str(Thing.objects.get().pk)
    assert first.content == retry.content


class NoCache(LocMemCache):
    """A cache that cannot be reached."""

    def add(self, *args, **kwargs):
        raise ConnectionError


def test_while_the_cache_is_down_it_works_as_well(client, settings):
    settings.CACHES = {"default": {"BACKEND": f"{__name__}.NoCache"}}

    first, retry = send(client), send(client)

    assert first.status_code == HTTPStatus.CREATED
    assert is_repeated(retry)


@pytest.mark.usefixtures("here")
def test_the_headers_of_the_answer_are_kept(client):
    first, retry = (send(client, url="/at/") for _ in range(2))

    assert first.headers["Location"] == f"/things/{first.json()['id']}/"
    assert first.headers["Location"] == retry.headers["Location"]


def test_a_user_may_have_so_many_kept_answers(client, client_of, make_user, settings):
    settings.STARTERKIT_CORE = {
        "IDEMPOTENCY_KEYS_PER_USER": 1,
        "IDEMPOTENCY_KEY_LIFETIME": timedelta(hours=1),
    }
    with time_machine.travel("2026-11-26T08:00Z", tick=False):
        send(client)
    with time_machine.travel("2026-11-26T08:59Z", tick=False):
        refused = send(client, {"name": "Chair"}, key="another")
        retry = send(client)
        theirs = send(client_of(make_user()), {"name": "Table"})
    with time_machine.travel("2026-11-26T09:00Z", tick=False):
        later = send(client, {"name": "Chair"}, key="another")

    assert refused.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert refused.headers["Retry-After"] == "60"
    assert is_repeated(retry)
    assert (theirs.status_code, later.status_code) == (201, 201)


def test_a_new_secret_key_makes_no_retry_another_request(client, settings):
    send(client)

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = (
        "new" * 20,
        [settings.SECRET_KEY],
    )

    assert is_repeated(send(client))


def test_the_body_of_a_request_cannot_be_guessed_by_its_hash(client, settings):
    send(client)
    [known] = KeptAnswer.objects.values_list("fingerprint", flat=True)
    KeptAnswer.objects.all().delete()
    Thing.objects.all().delete()

    settings.SECRET_KEY = "new" * 20
    send(client)

    assert known != KeptAnswer.objects.get().fingerprint


class WithToken(ThingRepresentation):
    token = IssuedSecretField(source="name")


def test_an_answer_with_a_secret_is_never_kept(client, replace):
    replace(response=WithToken)

    with pytest.raises(ImproperlyConfigured, match="secret"):
        send(client)

    assert not KeptAnswer.objects.exists()
    assert not Thing.objects.exists()


class WithNothing(serializers.BaseSerializer):
    def to_representation(self, instance):
        return None


def test_an_answer_without_a_body_is_kept_too(client, replace):
    replace(response=WithNothing)

    first, retry = send(client), send(client)

    assert (first.content, retry.content) == (b"", b"")
    assert is_repeated(retry)


@pytest.mark.usefixtures("here")
def test_a_view_that_answers_something_else_is_told_so(client):
    with pytest.raises(ImproperlyConfigured, match="respond"):
        send(client, url="/bare/")


@pytest.mark.parametrize("access", [Access.PUBLIC, Access.OPTIONAL])
def test_a_key_needs_a_user(access):
    with pytest.raises(TypeError, match="belongs to a user"):
        type(
            "Open",
            (EndpointView,),
            {"access": access, "idempotency_key": IdempotencyKey.OPTIONAL},
        )


def test_other_endpoints_ignore_a_key(api):
    response = api.get(URL, headers={"Idempotency-Key": ""})

    assert response.status_code == HTTPStatus.OK


@pytest.fixture
def answers_at_once(at_once, client_of, user):
    """Return a function that sends a request twelve times at once."""
    return lambda: at_once(12, lambda _: send(client_of(user)))


@pytest.mark.django_db(transaction=True)
def test_of_many_requests_at_once_one_has_the_effect(client, answers_at_once):
    answers = answers_at_once()

    made = [it for it in answers if it.status_code == 201 and not is_repeated(it)]
    others = [it for it in answers if it not in made]
    assert len(made) == 1
    assert all(
        is_repeated(it) or it.json()["code"] == "request_in_progress" for it in others
    )
    assert send(client).content == made[0].content
    assert Thing.objects.count() == KeptAnswer.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_a_cache_the_others_wait_for_the_answer(answers_at_once, settings):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
    }

    answers = answers_at_once()

    assert {it.status_code for it in answers} == {201}
    assert {it.content for it in answers} == {answers[0].content}
    assert [is_repeated(it) for it in answers].count(False) == 1
    assert Thing.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_requests_at_once_with_an_expired_key_one_has_the_effect(
    client, answers_at_once
):
    with time_machine.travel("2026-11-20T08:00Z", tick=False):
        send(client, {"name": "Old"})

    answers = answers_at_once()

    made = [it for it in answers if it.status_code == 201 and not is_repeated(it)]
    assert len(made) == 1
    assert {it.status_code for it in answers} <= {201, 409}
    assert Thing.objects.filter(name="Lamp").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_conflict_at_an_expired_key_is_no_failure(client):
    """As where two delete its answer at once, and transactions are serializable."""
    with time_machine.travel("2026-11-20T08:00Z", tick=False):
        send(client, {"name": "Old"})
    conflicts = [Deadlock()]

    def meet(execute, sql, *rest):
        if sql.startswith("DELETE") and conflicts:
            raise OperationalError from conflicts.pop()
        return execute(sql, *rest)

    with connection.execute_wrapper(meet):
        answer = send(client)

    assert answer.status_code == HTTPStatus.CREATED
    assert conflicts == []


@pytest.mark.django_db(transaction=True)
def test_requests_of_one_user_with_different_keys_do_not_meet(
    at_once, client_of, user, replace
):
    replace(use_case=LocksUser)
    LocksUser.runs = 0

    def task(number):
        return send(client_of(user), {"name": f"Lamp {number}"}, key=f"key-{number}")

    answers = at_once(12, task)

    assert {it.status_code for it in answers} == {201}
    assert LocksUser.runs == 12


class LocksUser(CreateThing):
    """It locks the row of its user, as one with a maximum does."""

    runs = 0

    def run(self):
        model = type(self.input.user)
        model._base_manager.select_for_update().get(pk=self.input.user.pk)
        LocksUser.runs += 1
        return super().run()
