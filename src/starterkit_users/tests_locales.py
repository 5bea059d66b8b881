"""Users are answered, and written to, in the language and time zone of their choice."""

from http import HTTPStatus

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone, translation

from starterkit_core.ports import personal_data
from starterkit_core.services.mail import Mail
from starterkit_core.services.tasks import enqueue_after_commit, task
from starterkit_users.models import LocaleMixin
from starterkit_users.v1.me.get.use_case import ReadAccount

URL = reverse("starterkit_users:me")
BEGINNING = "Some fields are"
PORTUGUESE = "Alguns campos"

pytestmark = pytest.mark.django_db

needs_columns = pytest.mark.skipif(
    not issubclass(get_user_model(), LocaleMixin),
    reason="The user model has no language.",
)


@pytest.fixture(autouse=True)
def offered(settings):
    settings.LANGUAGES = [("en", "English"), ("pt-br", "Português"), ("de", "Deutsch")]
    settings.MIDDLEWARE = [
        "starterkit_core.middleware.ApiMiddleware",
        "django.middleware.locale.LocaleMiddleware",
    ]


@pytest.fixture
def brazilian(make_user):
    return make_user(locale="pt-br", time_zone="America/Sao_Paulo")


def stored(user):
    return get_user_model()._default_manager.get(pk=user.pk)


def refused(client, **headers):
    return client.patch(URL, {"first_name": 1}, headers=headers)


@needs_columns
def test_the_choice_counts_more_than_what_every_browser_sends(client_of, brazilian):
    response = refused(client_of(brazilian), **{"Accept-Language": "de, en"})

    assert response.json()["detail"].startswith(PORTUGUESE)
    assert response["Content-Language"] == "pt-br"
    assert "Accept-Language" in response["Vary"]


def test_without_a_choice_the_request_decides(client_of, user):
    english = refused(client_of(user), **{"Accept-Language": "en"})
    portuguese = refused(client_of(user), **{"Accept-Language": "pt-BR"})

    assert english.json()["detail"].startswith(BEGINNING)
    assert english["Content-Language"] == "en"
    assert portuguese.json()["detail"].startswith(PORTUGUESE)
    assert portuguese["Content-Language"] == "pt-br"


class ReadHere(ReadAccount):
    """It notes what is active, and may fail."""

    heard: list[tuple[str, str]] = []

    def get_account(self):
        zone = str(timezone.get_current_timezone())
        self.heard.append((translation.get_language(), zone))
        if self.input.user.first_name == "Fail":
            raise ConnectionError
        return super().get_account()


@pytest.fixture
def heard(settings):
    settings.STARTERKIT_OVERRIDES = {
        "starterkit_users.v1.me.get": f"{__name__}.ReadHere"
    }
    ReadHere.heard.clear()
    return ReadHere.heard


@needs_columns
@pytest.mark.parametrize("name", ["Ada", "Fail"])
def test_the_next_request_of_the_thread_is_another_users(
    client_of, make_user, heard, settings, name
):
    settings.MIDDLEWARE = []  # none that sets the language of each request
    chosen = {"locale": "pt-br", "time_zone": "Asia/Tokyo", "first_name": name}
    first = client_of(make_user(**chosen))
    first.raise_request_exception = False

    first.get(URL)
    client_of(make_user()).get(URL)

    assert heard == [("pt-br", "Asia/Tokyo"), ("en", settings.TIME_ZONE)]


@needs_columns
def test_moments_of_the_api_stay_in_utc(client_of, brazilian):
    body = client_of(brazilian).get(URL).json()

    assert body["created_at"].endswith("Z")
    assert body["created_at"][:13] == f"{brazilian.created_at:%Y-%m-%dT%H}"


@needs_columns
@pytest.mark.parametrize(
    ("sent", "saved"),
    [
        ({"locale": "pt-BR"}, "pt-br"),
        ({"locale": ""}, ""),
        ({"time_zone": "Asia/Tokyo"}, "Asia/Tokyo"),
        ({"time_zone": ""}, ""),
    ],
)
def test_a_user_chooses(client_of, brazilian, sent, saved):
    (name,) = sent

    response = client_of(brazilian).patch(URL, sent)

    assert response.json()[name] == getattr(stored(brazilian), name) == saved
    assert client_of(stored(brazilian)).get(URL).json()[name] == saved


@needs_columns
def test_what_is_absent_keeps_its_value(client_of, brazilian):
    client_of(brazilian).patch(URL, {"first_name": "Ada"})

    left = stored(brazilian)
    assert (left.locale, left.time_zone) == ("pt-br", "America/Sao_Paulo")


@needs_columns
@pytest.mark.parametrize("name", ["locale", "time_zone"])
@pytest.mark.parametrize(
    "value",
    [None, "fr", "pt", 7, True, [], {}, "en\0", "../UTC", "localtime", "x" * 5000],
)
def test_refuses_what_is_not_offered(client_of, brazilian, name, value):
    response = client_of(brazilian).patch(URL, {name: value})

    assert response.status_code == HTTPStatus.BAD_REQUEST
    (error,) = response.json()["errors"]
    assert error["pointer"] == f"/{name}"
    assert stored(brazilian).locale == "pt-br"


@pytest.mark.skipif(
    issubclass(get_user_model(), LocaleMixin), reason="The user model has a language."
)
@pytest.mark.parametrize("name", ["locale", "time_zone"])
def test_a_user_model_without_the_columns_has_no_such_fields(client_of, user, name):
    response = client_of(user).patch(URL, {name: "en"})

    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert name not in client_of(user).get(URL).json()


class Letter(Mail):
    """It is written to a user."""

    template = "starterkit_core/mail/base"
    user = None

    def recipient(self):
        return "ada@example.com"

    def reader(self):
        return self.user


@needs_columns
def test_a_mail_speaks_to_its_reader_and_not_to_the_one_who_caused_it(
    make_user, brazilian
):
    letter = Letter(language="de")
    letter.user = brazilian
    other = Letter(language="de")
    other.user = make_user()

    with timezone.override("Asia/Tokyo"), letter.spoken():
        assert translation.get_language() == "pt-br"
        assert str(timezone.get_current_timezone()) == "America/Sao_Paulo"
    with timezone.override("Asia/Tokyo"), other.spoken():
        assert translation.get_language() == "de"
        assert timezone.get_current_timezone() == timezone.get_default_timezone()


noted = []


@task
def note():
    noted.append(translation.get_language())


class Starting(ReadAccount):
    """It starts a task."""

    def get_account(self):
        enqueue_after_commit(note)
        return super().get_account()


@needs_columns
def test_a_task_speaks_as_the_request_that_started_it(client_of, brazilian, settings):
    settings.STARTERKIT_OVERRIDES = {
        "starterkit_users.v1.me.get": f"{__name__}.Starting"
    }
    noted.clear()

    client_of(brazilian).get(URL)

    assert noted == ["pt-br"]


@needs_columns
def test_the_choice_is_exported_and_erased(brazilian):
    exported = personal_data.export(brazilian)["account"]
    personal_data.erase(brazilian)

    left = stored(brazilian)
    assert (exported["locale"], exported["time_zone"]) == (
        "pt-br",
        "America/Sao_Paulo",
    )
    assert (left.locale, left.time_zone) == ("", "")
