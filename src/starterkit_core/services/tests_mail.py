"""Mail: in the reader's language, after the commit, without text of a client."""

from datetime import timedelta
from importlib.util import find_spec
from smtplib import SMTPServerDisconnected
from traceback import format_exception
from uuid import uuid4

import django
import pytest
from django.core import mail as outgoing
from django.db import transaction
from django.utils.module_loading import import_string

from starterkit_core.services.mail import SUBJECT_LENGTH, Mail, deliver, harmless
from starterkit_core.services.mail_threads import THREADS, mail_threads
from starterkit_core.services.mail_transport import DELAYS, NotSentError
from starterkit_core.services.tasks import LIBRARIES
from starterkit_core.testing.mail_servers import (
    HangingServer,
    ScriptedServer,
    until,
    use_server,
)

pytestmark = pytest.mark.django_db(transaction=True)

LOADER = "django.template.loaders.locmem.Loader"
APPS = "django.template.loaders.app_directories.Loader"
MONDAY = "{% load i18n %}{% translate 'Monday' %}"
BODY = '{% extends "starterkit_core/mail/base.FORMAT" %}{% block body %}'
TEMPLATES = {
    "tests/greeting.subject.txt": MONDAY + ":\n{{ name }}",
    "tests/greeting.txt": BODY.replace("FORMAT", "txt")
    + MONDAY
    + ", {{ name }}\n\n\n\n{{ link }}{% endblock %}",
    "tests/greeting.html": BODY.replace("FORMAT", "html")
    + f"<h1>{MONDAY}</h1>"
    + "<p>{{ name }}</p>{% endblock %}",
}
ADA = {"address": "Ada@Example.com", "name": "Ada", "language": "en"}
LIBRARY = next((name for name in LIBRARIES if find_spec(name)), "")

SECOND = timedelta(seconds=1)

people = {}


class Greeting(Mail):
    """A mail that has an id and looks up the rest."""

    template = "tests/greeting"

    @property
    def person(self):
        return people[self.facts["person"]]

    def recipient(self):
        return self.person["address"]

    def language(self):
        return self.person["language"]

    def context(self):
        return {"name": self.person["name"], "link": "https://example.com/?a=1&b=2"}


class Announcement(Greeting):
    """A mail in the project's own language."""

    language = Mail.language
    context = Mail.context


@pytest.fixture(autouse=True)
def templates(settings):
    settings.TEMPLATES = [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {"loaders": [(LOADER, TEMPLATES), APPS]},
        }
    ]
    settings.LANGUAGES = [("en", "English"), ("pt-br", "Português"), ("ar", "العربية")]
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def person():
    """Return a function that changes who gets the mail."""
    people["1"] = dict(ADA)
    return people["1"].update


@pytest.fixture
def sent(person, mailoutbox):
    """Return a function that sends the mail and returns it."""

    def send(kind=Greeting):
        kind(person="1").send()
        return mailoutbox[-1]

    return send


def use_backend(settings, backend, **options):
    """Send by ``backend``, in the words of this Django."""
    if django.VERSION >= (6, 1):
        settings.MAILERS = {"default": {"BACKEND": backend, "OPTIONS": options}}
        return
    settings.EMAIL_BACKEND = backend
    for name, value in options.items():
        setattr(settings, f"EMAIL_{name.upper()}", value)


def html_of(message):
    [(content, kind)] = message.alternatives
    assert kind == "text/html"
    return content


def test_is_sent_after_the_commit_and_not_before(person, mailoutbox):
    with transaction.atomic():
        Greeting(person="1").send_later()

        assert mailoutbox == []

    assert [message.to for message in mailoutbox] == [["Ada@Example.com"]]


def test_is_rendered_when_it_is_sent(person, mailoutbox):
    with transaction.atomic():
        Greeting(person="1").send_later()
        person(name="Countess Ada")

    assert "Countess Ada" in mailoutbox[0].body


@pytest.mark.parametrize("address", [None, ""])
def test_is_not_sent_without_a_recipient(person, mailoutbox, address):
    person(address=address)

    Greeting(person="1").send_later()

    assert mailoutbox == []


def test_has_a_subject_a_text_and_a_html_part(sent, settings):
    settings.STARTERKIT_CORE = {"SITE_NAME": "Notes & Co"}

    message = sent()

    assert message.subject == "Monday: Ada"
    assert message.body == (
        "Monday, Ada\n\nhttps://example.com/?a=1&b=2\n\n--\nNotes & Co\n"
    )
    assert '<html lang="en" dir="ltr">' in html_of(message)
    assert "<h1>Monday</h1><p>Ada</p>" in html_of(message)
    assert "<p>Notes &amp; Co</p>" in html_of(message)


def test_comes_from_the_projects_address(sent, settings):
    settings.DEFAULT_FROM_EMAIL = "Notes <notes@example.com>"

    assert sent().from_email == "Notes <notes@example.com>"


def test_has_a_header_that_a_program_sent_it(sent):
    assert sent().message()["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize(
    ("language", "monday"),
    [("pt-br", "Segunda-feira"), ("pt", "Segunda-feira"), ("xx", "Monday"),
     ("", "Monday"), ("x" * 600, "Monday")],
)  # fmt: skip
def test_speaks_the_readers_language(sent, person, language, monday):
    person(language=language)

    message = sent()

    assert message.subject.startswith(monday)
    assert monday in message.body
    assert f"<h1>{monday}</h1>" in html_of(message)


def test_writes_from_right_to_left_where_people_do(sent, person):
    person(language="ar")

    assert '<html lang="ar" dir="rtl">' in html_of(sent())


def test_speaks_the_projects_language_when_there_is_no_other(sent, settings):
    settings.LANGUAGE_CODE = "pt-br"

    assert sent(Announcement).subject == "Segunda-feira:"


@pytest.mark.parametrize("sign", ["\n", "\r\n", "\r", "\v", "\x1c", "\x85", "\u2028"])
def test_a_name_adds_no_header(sent, person, sign):
    person(name=f"Ada{sign}Bcc: victim@example.com")

    message = sent()

    assert message.subject == "Monday: Ada Bcc: victim@example.com"
    assert message.recipients() == ["Ada@Example.com"]
    assert "Bcc" not in message.message().keys()  # noqa: SIM118 - not a dict


def test_a_subject_keeps_its_direction_and_its_length(sent, person):
    person(name="\u202egnp.exe\x00" + "x" * 1_000)

    subject = sent().subject

    assert subject.startswith("Monday: gnp.exe xxx")
    assert len(subject) == SUBJECT_LENGTH


@pytest.mark.parametrize(
    "address",
    [
        "ada@example.com\nBcc: victim@example.com",
        "ada@example.com, victim@example.com",
        "Ada <ada@example.com>",
        "nobody",
    ],
)
def test_an_address_adds_no_recipient(sent, person, mailoutbox, address):
    person(address=address)

    with pytest.raises(ValueError, match=r".+"):
        sent()
    assert mailoutbox == []


def test_a_name_is_text_in_both_parts(sent, person):
    person(name="<b>Ada</b> & 'co'")

    message = sent()

    assert "<b>Ada</b> & 'co'" in message.body
    assert "&lt;b&gt;Ada&lt;/b&gt; &amp; &#x27;co&#x27;" in html_of(message)


def test_templates_are_never_made_from_a_name(sent, person):
    person(name="{{ site_name }}{% now 'Y' %}")

    assert "{{ site_name }}{% now 'Y' %}" in sent().body


class PlainEngine:
    """A template engine that is not Django's."""

    app_dirname = "templates"

    def __init__(self, params):
        self.name = params["NAME"]

    def get_template(self, name):
        self.asked = name
        return self

    def render(self, context):
        return f"{self.asked} {context['name']}"


def test_other_template_engines_work_too(sent, settings):
    settings.TEMPLATES = [{"BACKEND": f"{__name__}.PlainEngine"}]

    message = sent()

    assert message.subject == "tests/greeting.subject.txt Ada"
    assert html_of(message) == "tests/greeting.html Ada"


def test_a_mail_server_that_is_down_is_logged_and_does_not_raise(
    person, settings, caplog
):
    smtp = "django.core.mail.backends.smtp.EmailBackend"
    use_backend(settings, smtp, host="127.0.0.1", port=1)

    with transaction.atomic():
        Greeting(person="1").send_later()

    mail_threads.finish()
    [record] = [entry for entry in caplog.records if entry.name == "starterkit.tasks"]
    assert record.getMessage() == (
        "Mail not sent, next try in 30 seconds: "
        f"{__name__}.Greeting (ConnectionRefusedError)"
    )


def test_a_mail_server_that_hangs_keeps_no_caller_waiting(person, settings):
    with HangingServer() as server:
        use_server(settings, server.port)

        with transaction.atomic():
            for _ in range(12):
                Greeting(person="1").send_later()

        assert until(lambda: server.waiting() == THREADS)
        assert len(server.accepted) == THREADS  # and none had given up before
        mail_threads.forget()


class Stopgap(Greeting):
    """A mail that sends another one in its place."""

    def send(self):
        Greeting(person="1").send()


def test_a_mail_in_the_place_of_another_keeps_no_caller_waiting(person, settings):
    with HangingServer() as server:
        use_server(settings, server.port)

        Stopgap(person="1").send_later()

        assert until(lambda: server.waiting() == 1)
        mail_threads.forget()


def test_what_is_sent_now_waits_for_the_server_and_raises(person, settings):
    with HangingServer() as server:
        use_server(settings, server.port, timeout=0.05)

        with pytest.raises(SMTPServerDisconnected, match="timed out"):
            Greeting(person="1").send()


@pytest.mark.skipif(not LIBRARY, reason="no tasks library is installed")
@pytest.mark.usefixtures("person")
def test_the_queue_holds_ids_and_no_more(settings):
    settings.TASKS = {"default": {"BACKEND": f"{LIBRARY}.backends.dummy.DummyBackend"}}

    Greeting(person="1").send_later()

    [queued] = import_string(f"{LIBRARY}.default_task_backend").results
    assert queued.args == [f"{__name__}.Greeting", {"person": "1"}]
    assert queued.kwargs == {}


class NoDelays(
    import_string(f"{LIBRARY}.backends.dummy.DummyBackend") if LIBRARY else object
):
    """A queue that runs nothing later."""

    supports_defer = False


@pytest.fixture
def queue(settings):
    """Return a function that queues a mail, and what is in the queue."""
    if not LIBRARY:
        pytest.skip("no tasks library is installed")

    def use(backend=f"{LIBRARY}.backends.dummy.DummyBackend"):
        settings.TASKS = {"default": {"BACKEND": backend}}
        Greeting(person="1").send_later()
        return import_string(f"{LIBRARY}.default_task_backend").results

    return use


def work(queued):
    """Run a task as a worker does."""
    queued.task.func(*queued.args, **queued.kwargs)


@pytest.mark.usefixtures("person")
@pytest.mark.parametrize("use_tz", [True, False])
def test_a_worker_tries_again_later_and_later_and_then_fails(
    queue, settings, caplog, use_tz
):
    settings.USE_TZ = use_tz
    results = queue()
    with ScriptedServer({"RCPT": "451 Not now"}) as server:
        use_server(settings, server.port)
        for _ in DELAYS:
            work(results[-1])

        with pytest.raises(NotSentError, match=r"^SMTPRecipientsRefused$"):
            work(results[-1])

    waits = [it.task.run_after - it.enqueued_at for it in results[1:]]
    assert [round(wait / SECOND) for wait in waits] == [30, 120, 600]
    levels = [it.levelname for it in caplog.records if it.name == "starterkit.tasks"]
    assert levels == ["WARNING", "WARNING", "WARNING", "ERROR"]


@pytest.mark.usefixtures("person")
def test_the_queue_stores_no_address_when_a_task_fails(queue, settings):
    results = queue()
    with ScriptedServer({"RCPT": "550 No such user"}) as server:
        use_server(settings, server.port)

        with pytest.raises(NotSentError) as failed:
            work(results[-1])

    stored = "".join(format_exception(failed.value))
    assert ADA["address"] not in stored


@pytest.mark.usefixtures("person")
def test_a_worker_delivers_at_most_twice(queue, settings):
    results = queue()
    with ScriptedServer({".": ""}) as server:
        use_server(settings, server.port)
        work(results[-1])

        with pytest.raises(NotSentError, match=r"^SMTPServerDisconnected$"):
            work(results[-1])

        assert len(server.mails) == len(results) == 2


def test_the_next_try_is_rendered_anew(queue, settings, person):
    results = queue()
    with ScriptedServer({"RCPT": "451 Not now"}, once=True) as server:
        use_server(settings, server.port)
        work(results[-1])
        person(name="Countess Ada")
        work(results[-1])

        assert "Countess Ada" in server.mails[0]


@pytest.mark.usefixtures("person")
def test_a_queue_that_defers_nothing_gets_the_failure(queue, settings):
    results = queue(f"{__name__}.NoDelays")
    with ScriptedServer({"RCPT": "451 Not now"}) as server:
        use_server(settings, server.port)

        with pytest.raises(NotSentError, match=r"^SMTPRecipientsRefused$"):
            work(results[-1])

    assert len(results) == 1


@pytest.mark.parametrize("fact", [1, None, uuid4(), b"1", ["1"]])
def test_takes_only_text(fact):
    with pytest.raises(TypeError, match="text"):
        Greeting(person=fact)


@pytest.mark.parametrize("path", ["subprocess.Popen", "os.environ", f"{__name__}.ADA"])
def test_the_task_makes_only_mails(path, mailoutbox):
    with pytest.raises(TypeError, match="no mail"):
        deliver.func(path, {})
    assert outgoing.outbox == []


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Ada Lovelace", "Ada Lovelace"),
        ("O'Neil-Müller, Dr", "O'Neil-Müller, Dr"),
        ("नमस्ते 李小龍", "नमस्ते 李小龍"),
        ("Win at https://evil.com/x?y now", "Win at https evil com x y now"),
        ("evil。com", "evil com"),  # a full stop too
        ("ｅｖｉｌ．ｃｏｍ", "evil com"),  # noqa: RUF001
        ("ada@evil.com", "ada evil com"),
        ("a\nb\r\nc\x00\u202ed\ud800", "a b c d"),
        ("<a href=x>", "a href x"),
        ("🎁 free", "free"),
        ("", ""),
        ("x" * 200, "x" * 59 + "…"),
        ("\ufdfa" * 100_000, None),  # folds to eighteen letters each
    ],
    ids=lambda text: "long" if text and len(text) > 100 else None,
)
def test_the_text_of_a_user_makes_no_advert(written, shown):
    made = harmless(written)

    assert len(made) <= 60
    assert shown is None or made == shown
