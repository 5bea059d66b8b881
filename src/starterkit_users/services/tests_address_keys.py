"""The keys of the accounts, before and after a rule makes several addresses one."""

from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command

from starterkit_core.addresses import without_tags
from starterkit_core.db.databases import rows_of
from starterkit_core.models import AuditEvent
from starterkit_users.services import address_keys, user_rows

RULE = f"{without_tags.__module__}.{without_tags.__name__}"
DOMAIN = "example.com"

has_key = pytest.mark.skipif(
    "email_key" not in {it.name for it in get_user_model()._meta.concrete_fields},
    reason="the project's user model has no key of the address",
)
pytestmark = pytest.mark.django_db


@pytest.fixture
def rule(tuner):
    """``rule()`` sets it, as a deployment does."""
    return lambda path=RULE: tuner("STARTERKIT_CORE")(EMAIL_RULE=path)


def run(*arguments):
    out = StringIO()
    call_command("starterkit_addresses", *arguments, stdout=out)
    return out.getvalue()


def keys():
    found = rows_of(get_user_model()).order_by("email_key")
    return [*found.values_list("email_key", flat=True)]


@pytest.mark.skipif(
    "email_key" in {it.name for it in get_user_model()._meta.concrete_fields},
    reason="the project's user model has a key of the address",
)
def test_a_user_model_of_another_kind_has_no_key():
    assert address_keys.all_keys() == []


@has_key
def test_lists_accounts_that_would_be_one(make_user):
    first = make_user(email=f"ada@{DOMAIN}")
    second = make_user(email=f"Ada+news@{DOMAIN}")
    out = StringIO()

    with pytest.raises(CommandError):
        call_command("starterkit_addresses", "--rule", RULE, stdout=out)

    said = out.getvalue()
    assert f"{get_user_model()._meta.label}: 2 rows; keys to save: 1" in said
    assert f"{first.pk} ('{first.email}'), {second.pk} ('{second.email}')" in said


@has_key
def test_the_keys_are_saved_past_the_guard_of_the_model(make_user, rule):
    user = make_user(email=f"Ada+news@{DOMAIN}")
    rule()
    assert not user_rows.with_address(user.email)

    run("--apply")

    user.refresh_from_db()
    assert (user.email, user.email_key) == (f"Ada+news@{DOMAIN}", f"ada@{DOMAIN}")
    assert [*user_rows.with_address(f"ada+x@{DOMAIN}")] == [user]
    [event] = AuditEvent.objects.filter(action="core.address_keys_saved")
    assert event.facts == {"model": user._meta.label, "number": 1}


@has_key
def test_what_one_save_has_put_right_is_not_saved_again(make_user, rule):
    user = make_user(email=f"ada+news@{DOMAIN}")
    rule()
    user.save()

    said = run("--apply")

    assert "keys saved: 0" in said
    assert keys() == [f"ada@{DOMAIN}"]


@has_key
def test_switching_the_rule_off_brings_the_former_keys_back(make_user, rule):
    make_user(email=f"Ada+news@{DOMAIN}")
    rule()
    run("--apply")
    rule("")

    run("--apply")

    assert keys() == [f"ada+news@{DOMAIN}"]
