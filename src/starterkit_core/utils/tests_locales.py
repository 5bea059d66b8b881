"""What users have chosen is used for them, and for no other request."""

from datetime import datetime
from threading import Thread
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from starterkit_core.utils import locales

LANGUAGES = [("en", "English"), ("pt-br", "Português"), ("de", "Deutsch")]
TOKYO = ZoneInfo("Asia/Tokyo")


@pytest.fixture(autouse=True)
def offered(settings):
    settings.LANGUAGES = LANGUAGES
    settings.LANGUAGE_CODE = "en"


def user(**chosen):
    return SimpleNamespace(**chosen)


@pytest.mark.parametrize(
    ("chosen", "language"),
    [
        ({}, ""),
        ({"locale": ""}, ""),
        ({"locale": "pt-br"}, "pt-br"),
        ({"locale": "fr"}, ""),
        ({"locale": "pt_BR.UTF-8"}, ""),
        ({"locale": None}, ""),
        ({"locale": 7}, ""),
        ({"locale": "x" * 5000}, ""),
    ],
)
def test_a_language_that_is_not_offered_is_none(chosen, language):
    assert locales.language_of(user(**chosen)) == language


@pytest.mark.parametrize("name", ["", None, 7, "Mars/Base", "../../etc/passwd", "\0"])
def test_a_zone_that_is_not_known_is_none(name):
    assert locales.time_zone_of(user(time_zone=name)) is None


def test_no_zone_means_another_one_on_each_computer():
    assert "Asia/Tokyo" in locales.time_zones()
    assert not {"localtime", "Factory"} & locales.time_zones()


def test_the_former_ones_are_back_after_an_error():
    def fail():
        with locales.speaking_to(user(locale="pt-br", time_zone="Asia/Tokyo")):
            heard.append(locales.as_payload())
            raise LookupError

    heard = []
    with translation.override("de"):
        with pytest.raises(LookupError):
            fail()
        heard.append(locales.as_payload())

    assert heard == [
        {"language": "pt-br", "time_zone": "Asia/Tokyo"},
        {"language": "de"},
    ]


def test_what_is_not_chosen_stays():
    with translation.override("de"), locales.speaking_to(user()):
        assert translation.get_language() == "de"


def test_another_thread_speaks_its_own_language():
    heard = []

    with locales.speaking_to(user(locale="pt-br", time_zone="Asia/Tokyo")):
        thread = Thread(target=lambda: heard.append(locales.as_payload()))
        thread.start()
        thread.join()

    assert heard == [{}]


def test_a_task_takes_along_what_is_not_the_projects_own():
    with locales.speaking("pt-br", TOKYO):
        payload = locales.as_payload()

    assert payload == {"language": "pt-br", "time_zone": "Asia/Tokyo"}
    with locales.speaking_as(payload):
        moment = datetime(2026, 1, 1, tzinfo=ZoneInfo("UTC"))
        assert translation.get_language() == "pt-br"
        assert timezone.localtime(moment).hour == 9


@pytest.mark.parametrize("payload", [{}, {"language": 7, "time_zone": []}])
def test_a_task_of_another_release_speaks_as_its_worker(payload):
    with locales.speaking_as(payload):
        assert locales.as_payload() == {}
