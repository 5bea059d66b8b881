"""Password validators of the project see the real person, at every door."""

import re

import pytest
from django.contrib.auth import get_user_model

from starterkit_core.testing.plugin import PASSWORD

NAME = "Featherstonehaugh"
LIKE_THE_NAME = "featherstonehaugh1"
NEXT = "a rose is a rose is"


@pytest.fixture
def ada(person):
    """Signed in, with a name, and with a code to reset the password in the mailbox.

    Confirmed by link and password: only so a history learns of the first password.
    """
    person.sign_up()
    [token] = re.findall(r"token=(\S+)", person.mailbox[-1].body)
    body = {"token": token, "password": PASSWORD}
    person._open("POST auth/v1/registration/confirmation/", body)
    get_user_model().objects.update(last_name=NAME)
    person.ask_for_reset()
    return person


def change(ada, password, current=PASSWORD):
    body = {"current_password": current, "new_password": password}
    return ada._open("PUT auth/v1/password/", body)


def reset(ada, password, **answer):
    answer = answer or {"email": ada.email, "code": ada.code}
    body = {**answer, "new_password": password}
    return ada.send("POST auth/v1/password/reset/confirmation/", body)


def refused_for(response):
    assert response.status_code == 400
    return [reason["code"] for reason in response.json()["reasons"]]


@pytest.mark.parametrize("door", [change, reset])
def test_refuses_a_password_like_the_name(ada, door):
    assert refused_for(door(ada, LIKE_THE_NAME)) == ["password_too_similar"]


@pytest.mark.parametrize("door", [change, reset])
def test_refuses_a_former_password(ada, door):
    assert refused_for(door(ada, PASSWORD)) == ["former"]


def test_a_code_stays_valid_after_a_refused_password(ada):
    reset(ada, LIKE_THE_NAME)

    assert reset(ada, NEXT).status_code == 204


def test_the_link_of_the_mail_refuses_alike(ada, mailbox):
    [token] = re.findall(r"token=(\S+)", mailbox[-1].body)

    response = reset(ada, LIKE_THE_NAME, token=token)

    assert refused_for(response) == ["password_too_similar"]


@pytest.mark.parametrize("password", [LIKE_THE_NAME, PASSWORD, NEXT])
def test_a_wrong_code_tells_nothing_about_name_or_former_passwords(ada, password):
    wrong = "000000" if ada.code != "000000" else "111111"

    response = reset(ada, password, email=ada.email, code=wrong)

    assert response.json()["code"] == "invalid_confirmation"


def test_a_new_password_is_added_to_the_history(ada):
    assert change(ada, NEXT).status_code == 200

    assert refused_for(change(ada, NEXT, current=NEXT)) == ["former"]


def test_a_sign_up_is_checked_with_the_fields_of_its_request(person):
    response = person.sign_up(password=LIKE_THE_NAME, last_name=NAME)

    assert refused_for(response) == ["password_too_similar"]
    assert person.sign_up(password=LIKE_THE_NAME).status_code == 202
