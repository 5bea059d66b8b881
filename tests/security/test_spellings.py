"""One mailbox has one account, however a client spells its address."""

import pytest
from django.contrib.auth import get_user_model
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from starterkit_core.addresses import canonical_email
from starterkit_core.testing.plugin import PASSWORD
from tests.security.attacks import AUTH

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_limits", "front_end")]

ADDRESS = "kirsten@example.com"
SPELLINGS = {
    "upper case": "KIRSTEN@EXAMPLE.COM",
    "dotless": "k\u0131rsten@example.com",
    "dotted capital": "k\u0130rsten@example.com",
    "kelvin": "\u212airsten@example.com",
    "domain dotless": "kirsten@example.com".replace("example", "k\u0131rsten"),
    "domain dotted": "kirsten@example.com".replace("example", "K\u0130RSTEN"),
    "domain encoded": "kirsten@example.com".replace("example", "xn--krsten-p9a"),
    "quoted": '"kirsten"@example.com',
    "escaped": '"k\\irsten"@example.com',
}
EVERY = pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)


@pytest.fixture
def account(spelling, make_member):
    """The account with the address in its usual spelling."""
    domain = spelling.rpartition("@")[2].lower()
    return make_member(
        email=ADDRESS if domain == "example.com" else "kirsten@kirsten.com"
    )


@EVERY
def test_no_spelling_makes_a_second_account(api, account, spelling, mailbox):
    answer = api.post(f"{AUTH}registration/", {"email": spelling, "password": PASSWORD})

    assert answer.status_code == 202
    assert get_user_model().objects.count() == 1
    assert [mail.to for mail in mailbox] == [[account.email]]


@EVERY
def test_another_spelling_signs_in_to_the_account(api, account, spelling):
    answer = api.post(f"{AUTH}session/", {"email": spelling, "password": PASSWORD})

    assert answer.status_code == 201
    assert answer.json()["user"]["email"] == account.email


@EVERY
def test_mail_goes_to_the_address_of_the_account(api, account, spelling, mailbox):
    api.post(f"{AUTH}password/reset/", {"email": spelling})
    api.post(f"{AUTH}registration/code/", {"email": spelling})

    assert {address for mail in mailbox for address in mail.to} == {account.email}


@EVERY
def test_an_account_with_another_spelling_is_the_same(api, make_member, spelling):
    account = make_member(email=spelling)
    plain = canonical_email(spelling)

    api.post(f"{AUTH}registration/", {"email": plain, "password": PASSWORD})

    assert get_user_model().objects.get() == account


@EVERY
def test_no_change_of_address_takes_another_spelling(
    *, account, spelling, make_member, open_for, mailbox
):
    caller = open_for(make_member()).caller

    caller.post(f"{AUTH}email/change/", {"email": spelling})

    assert [mail.to for mail in mailbox] == [[account.email]]


LETTERS = st.text(
    "abikKsS\u0131\u0130\u0307\u0301\u0323\u212a\u017f\xdf\xe9.\uff29\u1d35", min_size=1
)


@given(LETTERS, LETTERS)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_canonical_form_is_stable_and_without_case(local, domain):
    address = f"{local}@{domain}.com"
    try:
        canonical = canonical_email(address)
    except ValueError:
        return

    assert canonical_email(canonical) == canonical
    for spelled in (address.upper(), address.lower(), address.casefold()):
        assert canonical_email(spelled) == canonical
    quoted = f'"{local}"@{domain}.com'
    assert canonical_email(quoted) == canonical
