"""Accounts that are not used: warned, then ended, by ``users_purge``."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import TestCase
from django.utils import timezone

from starterkit_core.db.databases import rows_of
from starterkit_core.models import AuditEvent
from starterkit_users.services import dormancy, lifecycle
from starterkit_users.use_cases.end_dormant_account import (
    EndDormantAccount,
    EndDormantAccountInput,
)

YEAR = timedelta(days=365)

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not lifecycle.has_status(), reason="the user model has no columns of the state"
    ),
]


@pytest.fixture
def policy(tuner):
    tune = tuner("STARTERKIT_USERS")
    tune(DORMANT_AFTER=YEAR)
    return tune


def purge(days):
    later = timezone.now() + timedelta(days=days)
    with (
        time_machine.travel(later),
        TestCase.captureOnCommitCallbacks(execute=True),
    ):
        call_command("users_purge")


def status_of(user):
    return get_user_model()._base_manager.get(pk=user.pk).status


@pytest.mark.usefixtures("with_addresses")
def test_warns_the_owner_once_and_switches_the_account_off_later(policy, user, mailbox):
    purge(334)
    assert not mailbox

    purge(336)
    purge(340)
    (mail,) = mailbox
    assert mail.to == [getattr(user, user.get_email_field_name())]
    assert status_of(user) == "active"

    purge(367)
    assert status_of(user) == "deactivated"
    assert AuditEvent.objects.get(action="users.dormant_ended").facts == {
        "act": "deactivate"
    }


@pytest.mark.skipif(
    not hasattr(get_user_model(), "locale"), reason="the user model has no language"
)
@pytest.mark.usefixtures("with_addresses", "policy")
def test_the_command_warns_in_the_language_of_the_owner(make_user, mailbox):
    make_user(locale="pt-br")

    purge(336)

    (mail,) = mailbox
    assert mail.subject.startswith("Você ainda precisa da sua conta")


@pytest.mark.usefixtures("with_addresses")
def test_an_owner_who_comes_back_keeps_the_account(policy, user, mailbox):
    purge(336)
    user.last_login = timezone.now() + timedelta(days=350)
    user.save()

    purge(367)

    assert status_of(user) == "active"
    assert len(mailbox) == 1


def test_a_warning_is_never_shorter_than_the_setting(policy, user, mailbox):
    purge(700)
    assert status_of(user) == "active"

    purge(729)
    assert status_of(user) == "active"

    purge(731)
    assert status_of(user) == "deactivated"


def test_erases_if_the_policy_says_so(policy, user):
    policy(DORMANT_ACT="erase", DORMANT_AFTER=YEAR)
    purge(336)

    purge(367)

    assert status_of(user) == "erased"


@pytest.mark.parametrize("flag", ["is_staff", "is_superuser"])
def test_leaves_administrators_out(policy, make_user, mailbox, flag):
    user = make_user(**{flag: True})

    purge(336)
    purge(367)

    assert status_of(user) == "active"
    assert not mailbox


@pytest.mark.parametrize("flag", ["is_staff", "is_superuser"])
def test_a_user_who_becomes_an_administrator_meanwhile_stays(policy, user, flag):
    purge(336)
    read = EndDormantAccountInput(user_id=str(user.pk))
    rows_of(get_user_model()).filter(pk=user.pk).update(**{flag: True})

    with time_machine.travel(timezone.now() + timedelta(days=367)):
        assert EndDormantAccount.execute(read) == ""

    assert status_of(user) == "active"


def test_a_user_who_comes_back_meanwhile_stays(policy, user):
    purge(336)
    read = EndDormantAccountInput(user_id=str(user.pk))
    later = timezone.now() + timedelta(days=366)
    rows_of(get_user_model()).filter(pk=user.pk).update(last_seen_at=later)

    with time_machine.travel(timezone.now() + timedelta(days=367)):
        assert EndDormantAccount.execute(read) == ""

    assert status_of(user) == "active"


def test_without_a_policy_no_account_ends(user, mailbox):
    purge(10_000)

    assert status_of(user) == "active"
    assert not mailbox


def test_looks_at_every_account_in_batches(policy, make_user, monkeypatch):
    monkeypatch.setattr(dormancy, "BATCH_SIZE", 2)
    users = [make_user() for _ in range(5)]

    purge(336)

    warned = get_user_model()._base_manager.exclude(dormancy_warned_at=None)
    assert {*warned} == {*users}


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_warn_once(policy, user, mailbox, at_once):
    with time_machine.travel(timezone.now() + timedelta(days=336)):
        at_once(2, lambda _: call_command("users_purge"))

    assert len(mailbox) == 1
