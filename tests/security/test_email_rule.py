"""With a rule for addresses, one mailbox has one account, and mail goes to its owner.

The addresses that a client may type are those of the mailbox by the rule. None of them
gets a mail, unless it is the one that the account has.
"""

from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command

from starterkit_auth.mails.confirmations import ResetPasswordMail
from starterkit_auth.models import Challenge, EmailAddress, PendingRegistration
from starterkit_auth.services import addresses, challenges, reversals
from starterkit_auth.services.purposes import Purpose
from starterkit_core.testing.client import ApiClient
from starterkit_core.testing.plugin import PASSWORD
from tests.security.attacks import AUTH

RULE = "starterkit_core.addresses.known_providers"
ADDRESS = "J.ohn+home@Gmail.com"
NEW = "a rose is a rose is a"
SPELLINGS = ["john@gmail.com", "jo.hn@gmail.com", "John+x@gmail.com", ADDRESS]
EVERY = pytest.mark.parametrize("spelling", SPELLINGS)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_limits", "front_end")]


@pytest.fixture
def rule(tuner):
    """``rule()`` sets it, as a deployment does."""
    return lambda path=RULE: tuner("STARTERKIT_CORE")(EMAIL_RULE=path)


@pytest.fixture
def ruled(rule):
    rule()


@pytest.fixture
def account(ruled, make_member):
    """The account of the mailbox, which has been there since the rule is set."""
    return make_member(email=ADDRESS)


def save_keys():
    call_command("starterkit_addresses", "--apply", stdout=StringIO())


def sign_in(email, password=PASSWORD):
    body = {"email": email, "password": password}
    return ApiClient().post(f"{AUTH}session/", body)


def recipients(mailbox):
    return [address for mail in mailbox for address in mail.to]


@EVERY
def test_every_spelling_signs_in(account, spelling):
    answer = sign_in(spelling)

    assert answer.status_code == 201
    assert answer.json()["user"]["email"] == ADDRESS


@pytest.mark.parametrize("other", ["john@googlemail.com", "john@example.com"])
@pytest.mark.usefixtures("account")
def test_no_other_mailbox_signs_in(other):
    assert sign_in(other).status_code == 401


@EVERY
def test_no_spelling_makes_a_second_account(api, account, spelling, mailbox):
    answer = api.post(f"{AUTH}registration/", {"email": spelling, "password": NEW})

    assert answer.status_code == 202
    assert get_user_model().objects.count() == 1
    assert recipients(mailbox) == [ADDRESS]
    assert "already" in mailbox[0].body


@EVERY
@pytest.mark.usefixtures("account")
def test_a_taken_mailbox_is_told_where_that_is_told(api, spelling, tune):
    tune(REGISTRATION_MODE="friendly")

    answer = api.post(f"{AUTH}registration/", {"email": spelling, "password": NEW})

    assert answer.json()["code"] == "email_taken"


@EVERY
def test_a_reset_mail_goes_to_the_address_of_the_account(
    *, api, account, spelling, mailbox, secrets_in
):
    asked = api.post(f"{AUTH}password/reset/", {"email": spelling})

    assert asked.json()["email"] == spelling
    assert recipients(mailbox) == [ADDRESS]
    code = secrets_in(mailbox[0])["code"]
    body = {"email": spelling, "code": code, "new_password": NEW}
    done = api.post(f"{AUTH}password/reset/confirmation/", body)
    assert done.status_code == 204
    assert sign_in(ADDRESS, NEW).status_code == 201


def test_a_change_of_the_address_cannot_take_the_mailbox(
    account, make_member, open_for, mailbox
):
    caller = open_for(make_member()).caller

    caller.post(f"{AUTH}email/change/", {"email": "john+z@gmail.com"})

    assert recipients(mailbox) == [ADDRESS]


def test_an_account_may_change_its_own_spelling(account, open_for, mailbox):
    caller = open_for(account).caller

    caller.post(f"{AUTH}email/change/", {"email": "john@gmail.com"})

    assert recipients(mailbox) == ["john@gmail.com"]  # the new one is to be proven


def test_all_spellings_share_one_limit(account, tune):
    tune(SIGN_IN_ACCOUNT_LIMIT="2/1h")

    answers = [sign_in(it, "wrong").status_code for it in SPELLINGS]

    assert answers[:2] == [401, 401]
    assert answers[2:] == [429, 429]


# Between the deployment of a rule and the saved keys


@pytest.fixture
def before(make_member):
    """The account of the mailbox, made before there was a rule."""
    return make_member(email=ADDRESS)


def test_saved_keys_let_every_spelling_in(before, rule):
    rule()

    save_keys()

    assert {sign_in(it).status_code for it in SPELLINGS} == {201}


@pytest.mark.usefixtures("before")
def test_the_proof_of_an_address_outlives_the_rule(rule):
    rule()
    save_keys()
    rule("")

    save_keys()

    assert EmailAddress.objects.get().verified_at is not None
    assert sign_in(ADDRESS).status_code == 201
    assert sign_in("john@gmail.com").status_code == 401


@pytest.mark.usefixtures("before")
def test_an_account_whose_key_is_saved_neither_before_nor_after_is_kept(rule, api):
    """Until the keys are saved it may be not found, but no mail goes elsewhere."""
    rule()

    api.post(f"{AUTH}registration/", {"email": "john@gmail.com", "password": NEW})

    user = get_user_model().objects.get()
    assert (user.email, user.check_password(PASSWORD)) == (ADDRESS, True)


def test_an_account_without_a_tag_or_dots_notices_no_rule(make_member, rule):
    make_member(email="ada@gmail.com")
    rule()

    assert sign_in("ada@gmail.com").status_code == 201


def test_a_link_from_before_the_rule_works_once_the_keys_are_saved(
    *, before, rule, api, mailbox, secrets_in
):
    api.post(f"{AUTH}password/reset/", {"email": ADDRESS})
    token = secrets_in(mailbox[0])["token"]
    rule()
    save_keys()

    body = {"token": token, "new_password": NEW}
    done = api.post(f"{AUTH}password/reset/confirmation/", body)

    assert done.status_code == 204
    assert sign_in("john@gmail.com", NEW).status_code == 201


@pytest.mark.parametrize("is_saved", [True, False])
def test_a_mail_that_waits_in_a_queue_while_the_rule_comes_is_sent(
    *, before, rule, is_saved
):
    challenge = challenges.open_challenge(before, ADDRESS, Purpose.PASSWORD_RESET)
    rule()
    if is_saved:
        save_keys()

    waiting = ResetPasswordMail(challenge_id=str(challenge.pk), language="en")

    assert waiting.recipient() == ADDRESS


def test_the_way_back_to_a_former_address_is_found_by_the_rule(before, rule):
    way = reversals.open_way_back(before, "Former+1@gmail.com", undo=True)
    rule()

    assert reversals.way_back_to(before, "former@gmail.com") == way
    assert reversals.way_back_to(before, "other@gmail.com") is None


def test_the_keys_of_mails_stay_what_their_codes_are_made_of(before, rule):
    way = reversals.open_way_back(before, ADDRESS, undo=True)
    rule()

    save_keys()

    assert Challenge.objects.get(pk=way.pk).address_key == ADDRESS.lower()
    assert not PendingRegistration.objects.exists()


def test_a_proven_address_stays_proven_while_keys_wait(before, rule):
    rule()

    addresses.keep(before)

    assert addresses.is_proven(before)
