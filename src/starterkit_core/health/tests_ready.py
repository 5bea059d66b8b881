"""``/readyz``: what makes a process unready, what it says, and to whom."""

import logging
import threading
import time
from contextlib import contextmanager
from threading import Event, Thread
from types import ModuleType

import pytest
from asgiref.sync import async_to_sync
from django.core.cache.backends.locmem import LocMemCache
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import AsyncClient, Client
from django.urls import include, path

from starterkit_core.health import runs
from starterkit_core.ports import health
from starterkit_core.ports.health import Unhealthy

TOKEN = "a-token-of-monitors-only"
ALL = ["database", "migrations", "cache", "tasks"]
LOCAL = "django.core.cache.backends.locmem.LocMemCache"
DUMMY = "django.core.cache.backends.dummy.DummyCache"
READY, NOT_READY = {"status": "ready"}, {"status": "not_ready"}

pytestmark = pytest.mark.django_db


class BrokenCache(LocMemCache):
    def set(self, *args, **kwargs):
        raise ConnectionError("redis://:hunter2@cache.internal:6379 is down")


BROKEN = f"{__name__}.BrokenCache"


@pytest.fixture(autouse=True)
def mounted(settings, tuner, monkeypatch):
    urls = ModuleType("tests_ready_urls")
    urls.urlpatterns = [path("", include("starterkit_core.health.urls"))]
    settings.ROOT_URLCONF = urls
    tuner("STARTERKIT_CORE")(HEALTH_TOKEN=TOKEN)
    monkeypatch.setattr(runs, "FRESH", 0)  # each probe asks


@pytest.fixture
def check():
    """Register a check of the project, for this test."""
    names = []

    def add(name, call):
        names.append(name)
        health.register(name, call)

    yield add
    for name in names:
        health.unregister(name)


def asked(**options):
    """Return the answer to a probe."""
    return Client().get("/readyz", **options)


def details(**options):
    """Return the answer to a monitor, and the states by the names of the checks."""
    answer = asked(query_params={"verbose": ""}, headers=bearer(TOKEN), **options)
    return answer, {name: it["state"] for name, it in answer.json()["checks"].items()}


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


@contextmanager
def database_down():
    """Let each new connection to the database of the tests fail."""
    entry = connection.settings_dict
    before = dict(entry)
    place = "/no/such/folder/db" if connection.vendor == "sqlite" else before["NAME"]
    entry.update(NAME=place, HOST="127.0.0.1", PORT="9")
    try:
        yield
    finally:
        entry.clear()
        entry.update(before)


def test_a_process_whose_dependencies_are_well_is_ready():
    answer = asked()

    assert (answer.status_code, answer.json()) == (200, READY)


def test_the_details_have_each_check():
    answer, states = details()

    assert states == dict.fromkeys(ALL, "ok")
    assert answer.json()["failing"] == []
    database = answer.json()["checks"]["database"]
    assert database.keys() == {"state", "required", "seconds"}
    assert database["required"] is True


def test_names_the_database_that_is_down():
    with database_down():
        plain = asked()
        answer, states = details()

    assert (plain.status_code, plain.json()) == (503, NOT_READY)
    assert answer.status_code == 503
    assert answer.json()["status"] == "not_ready"
    assert states["database"] == "failing"
    assert answer.json()["checks"]["database"]["error"] == "OperationalError"


def test_is_ready_again_when_the_database_is():
    with database_down():
        before = asked()

    after = asked()

    assert [before.status_code, after.status_code] == [503, 200]


def test_a_cache_that_is_down_degrades_and_nothing_is_told_about_it(settings):
    settings.CACHES = {"default": {"BACKEND": BROKEN}}

    plain = asked()
    answer, states = details()

    assert (plain.status_code, plain.json()) == (200, READY)
    assert answer.status_code == 200
    assert answer.json()["status"] == "degraded"
    assert answer.json()["failing"] == ["cache"]
    assert states["cache"] == "failing"


def test_shows_no_text_of_an_error(settings):
    settings.CACHES = {"default": {"BACKEND": BROKEN}}

    answer, _ = details()

    assert "hunter2" not in answer.text
    assert "internal" not in answer.text
    assert answer.json()["checks"]["cache"]["error"] == "ConnectionError"


def test_a_cache_that_forgets_is_named(settings):
    settings.CACHES = {"default": {"BACKEND": DUMMY}}

    answer, _ = details()

    assert answer.json()["checks"]["cache"]["detail"] == "The cache lost a value."


def test_the_cache_of_the_limits_and_the_default_one_are_asked(settings, tuner):
    settings.CACHES = {"default": {"BACKEND": BROKEN}, "limits": {"BACKEND": LOCAL}}
    tuner("STARTERKIT_CORE")(CACHE_ALIAS="limits")

    _, states = details()

    assert (states["cache"], states["cache.default"]) == ("ok", "failing")


def test_a_project_chooses_what_it_requires(settings, tuner):
    settings.CACHES = {"default": {"BACKEND": BROKEN}}
    tuner("STARTERKIT_CORE")(READY_REQUIRES=["database", "cache"])

    answer = asked()

    assert (answer.status_code, answer.json()) == (503, NOT_READY)


@pytest.fixture
def unapplied(transactional_db):
    """Take back that a migration was applied, as where newer code comes first."""
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied("starterkit_core", "0001_initial")
    yield recorder
    recorder.record_applied("starterkit_core", "0001_initial")


def test_names_missing_migrations(unapplied):
    plain = asked()
    answer, states = details()

    assert plain.status_code == 503
    assert states["migrations"] == "failing"
    said = answer.json()["checks"]["migrations"]["detail"]
    assert "starterkit_core.0001_initial" in said


def test_is_ready_as_soon_as_they_are_applied(unapplied):
    before = asked()
    unapplied.record_applied("starterkit_core", "0001_initial")

    after = asked()

    assert [before.status_code, after.status_code] == [503, 200]


@pytest.mark.django_db(transaction=True)
def test_a_process_of_the_former_release_stays_ready():
    recorder = MigrationRecorder(connection)
    recorder.record_applied("starterkit_core", "0999_of_the_next_release")

    answer = asked()
    recorder.record_unapplied("starterkit_core", "0999_of_the_next_release")

    assert answer.status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_process_that_was_migrated_does_not_look_again(request):
    asked()
    request.getfixturevalue("unapplied")

    answer = asked()

    assert answer.status_code == 200


def test_a_check_of_the_project_is_named_with_its_own_words(check):
    def shop():
        raise Unhealthy("The shop is closed.")

    check("shop", shop)

    answer, _ = details()

    assert answer.status_code == 200
    assert answer.json()["failing"] == ["shop"]
    found = answer.json()["checks"]["shop"]
    assert (found["state"], found["detail"]) == ("failing", "The shop is closed.")


def test_a_check_of_the_project_takes_the_place_of_ours(settings, check):
    settings.CACHES = {"default": {"BACKEND": BROKEN}}
    check("cache", lambda: None)

    _, states = details()

    assert states["cache"] == "ok"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        bearer("another-token-of-that-length"),
        bearer(""),
        {"Authorization": TOKEN},
        {"Authorization": f"Basic {TOKEN}"},
        bearer("\xff\xfe"),
    ],
)
def test_shows_no_details_without_the_token(headers):
    answer = asked(query_params={"verbose": ""}, headers=headers)

    assert (answer.status_code, answer.json()) == (200, READY)


@pytest.mark.parametrize("query", ["verbose", "a=b&verbose=1", "&verbose&verbose=0"])
def test_details_are_asked_for_anywhere_in_the_query(query):
    answer = asked(QUERY_STRING=query, headers=bearer(TOKEN))

    assert "checks" in answer.json()


@pytest.mark.parametrize("query", ["verbose_=1", "a=verbose", "&" * 3_000])
def test_another_query_is_an_ordinary_probe_and_no_attack_to_log(query, caplog):
    answer = asked(QUERY_STRING=query, headers=bearer(TOKEN))

    assert (answer.status_code, answer.json()) == (200, READY)
    assert not caplog.records


def test_no_token_is_no_key(tuner):
    tuner("STARTERKIT_CORE")(HEALTH_TOKEN="")

    answer = asked(query_params={"verbose": ""}, headers=bearer(""))

    assert answer.json() == READY


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("10.3.2.1", True),
        ("fd00::77", True),
        ("::ffff:10.3.2.1", True),
        ("203.0.113.7", False),
        ("", False),
    ],
)
def test_shows_details_to_an_allowed_network(tuner, address, shown):
    tuner("STARTERKIT_CORE")(HEALTH_NETWORKS=["10.0.0.0/8", "fd00::/8"])

    answer = asked(query_params={"verbose": ""}, REMOTE_ADDR=address)

    assert ("checks" in answer.json()) is shown


@pytest.mark.parametrize(
    ("proxies", "forwarded", "shown"),
    [
        (0, "10.3.2.1", False),  # there is a proxy that the settings do not know
        (1, "203.0.113.7", False),
        (1, "10.3.2.1, 203.0.113.7", False),
        (1, "203.0.113.7, 10.3.2.1", True),
    ],
)
def test_the_network_is_that_of_the_client_not_of_a_proxy(
    tuner, proxies, forwarded, shown
):
    tuner("STARTERKIT_CORE")(HEALTH_NETWORKS=["10.0.0.0/8"], TRUSTED_PROXIES=proxies)
    headers = {"X-Forwarded-For": forwarded}

    answer = asked(
        query_params={"verbose": ""}, headers=headers, REMOTE_ADDR="10.0.0.1"
    )

    assert ("checks" in answer.json()) is shown


@pytest.fixture
def stuck(check, monkeypatch):
    """A check called ``stuck`` that hangs until the event is set."""
    monkeypatch.setattr(runs, "DEADLINE", 1)  # the other checks end sooner
    going_on = Event()
    check("stuck", going_on.wait)
    yield going_on
    going_on.set()
    for thread in threads_of("stuck"):
        thread.join()


def threads_of(name):
    wanted = f"starterkit-health-{name}"
    return [thread for thread in threading.enumerate() if thread.name == wanted]


def test_names_what_hangs(stuck):
    answer, states = details()

    assert states == {**dict.fromkeys(ALL, "ok"), "stuck": "hanging"}
    assert answer.json()["failing"] == ["stuck"]


def test_what_hangs_is_well_when_it_goes_on(stuck):
    _, before = details()
    stuck.set()
    for thread in threads_of("stuck"):
        thread.join()

    _, after = details()

    assert [before["stuck"], after["stuck"]] == ["hanging", "ok"]


def test_a_probe_does_not_wait_for_what_it_does_not_require(stuck, monkeypatch):
    monkeypatch.setattr(runs, "DEADLINE", 60)

    answer = asked()

    assert answer.status_code == 200
    assert threads_of("stuck") == []


def test_threads_that_hang_do_not_pile_up(stuck, tuner):
    tuner("STARTERKIT_CORE")(READY_REQUIRES=["stuck"])

    said = [asked().status_code for _ in range(20)]

    assert said == [503] * 20
    assert len(threads_of("stuck")) == 1


def test_what_is_known_to_hang_is_not_waited_for(stuck, tuner):
    tuner("STARTERKIT_CORE")(READY_REQUIRES=["stuck"])
    asked()
    start = time.monotonic()

    answer = asked()

    assert answer.status_code == 503
    assert time.monotonic() - start < 0.5


def test_a_dead_connection_is_not_waited_for_until_a_restart(
    stuck, check, tuner, monkeypatch
):
    tuner("STARTERKIT_CORE")(READY_REQUIRES=["stuck"])
    monkeypatch.setattr(runs, "AGAIN", 0.4)
    before = asked()
    check("stuck", lambda: None)  # a new connection would be well

    after = asked()

    assert [before.status_code, after.status_code] == [503, 200]


class Counted:
    """A check that takes a while; ``times`` is how often it ran."""

    def __init__(self, seconds=0.0):
        self.seconds = seconds
        self.times = 0

    def __call__(self):
        self.times += 1
        time.sleep(self.seconds)


def at_the_same_time(number):
    """Let so many probes ask at once; return their answers and how long each took."""
    said = []

    def ask():
        start = time.monotonic()
        said.append((asked().status_code, time.monotonic() - start))

    threads = [Thread(target=ask) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


def test_two_probes_at_once_share_one_run(check, tuner):
    counted = Counted(0.5)
    check("counted", counted)
    tuner("STARTERKIT_CORE")(READY_REQUIRES=["counted"])

    said = at_the_same_time(2)

    assert [status for status, _ in said] == [200, 200]
    assert counted.times == 1


def test_while_one_probe_waits_others_get_the_last_answer(check, tuner):
    counted = Counted()
    check("counted", counted)
    tuner("STARTERKIT_CORE")(READY_REQUIRES=["counted"])
    asked()
    counted.seconds = 1

    said = at_the_same_time(8)

    assert [status for status, _ in said] == [200] * 8
    assert counted.times == 2
    assert len([seconds for _, seconds in said if seconds > 0.9]) == 1


def test_a_thousand_probes_in_a_second_ask_about_once(check, tuner, monkeypatch):
    monkeypatch.setattr(runs, "FRESH", 60)
    counted = Counted()
    check("counted", counted)
    tuner("STARTERKIT_CORE")(READY_REQUIRES=["counted"])

    said = {asked().status_code for _ in range(1000)}

    assert said == {200}
    assert counted.times == 1


def test_a_process_with_asgi_is_ready_too():
    answer = async_to_sync(AsyncClient().get)("/readyz")

    assert (answer.status_code, answer.json()) == (200, READY)


def test_logs_once_what_fails_and_once_that_it_is_well(tuner, caplog):
    tuner("STARTERKIT_CORE")(READY_REQUIRES=["database"])
    caplog.set_level(logging.WARNING)
    with database_down():
        said = [asked().status_code for _ in range(5)]

    asked()

    lines = [(record.name, record.levelname) for record in caplog.records]
    assert said == [503] * 5
    assert lines == [("starterkit.health", "ERROR"), ("starterkit.health", "WARNING")]
    assert caplog.messages[0].startswith("Health: database fails: OperationalError: ")
    assert caplog.messages[1] == "Health: database is well again"


def test_the_command_lists_the_checks(capsys):
    call_command("starterkit", "health")

    lines = capsys.readouterr().out.splitlines()

    assert [line.partition(" (")[0] for line in lines] == [f"{n}: ok" for n in ALL]


def test_the_command_fails_where_a_probe_would(capsys):
    with database_down(), pytest.raises(CommandError, match="Not ready"):
        call_command("starterkit", "health")

    assert "database: failing" in capsys.readouterr().out


def test_the_command_requires_what_it_is_asked_for(settings, capsys):
    settings.CACHES = {"default": {"BACKEND": BROKEN}}

    call_command("starterkit", "health")
    call_command("starterkit", "health", "database")
    with pytest.raises(CommandError, match="Not ready"):
        call_command("starterkit", "health", "database", "cache")

    assert "hunter2" not in capsys.readouterr().out


def test_the_command_knows_its_checks():
    with pytest.raises(CommandError, match="No such check: databse"):
        call_command("starterkit", "health", "databse")
