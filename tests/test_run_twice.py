"""``run()`` may run again after a conflict; the outcome is that of one run."""

import json
import re
from collections import Counter
from contextlib import contextmanager
from contextvars import ContextVar
from copy import deepcopy
from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps
from django.core.cache import caches
from django.core.management import call_command
from django.db import OperationalError, transaction
from django.utils import timezone

from starterkit_auth.models import Challenge
from starterkit_auth.services import addresses, challenge_secrets, reversals
from starterkit_auth.services.retention import first_id_at
from starterkit_auth.use_cases.end_access import EndAccess, EndAccessInput
from starterkit_auth.use_cases.import_addresses import (
    ImportAddresses,
    ImportAddressesInput,
)
from starterkit_auth.use_cases.keep_address import KeepAddress, KeepAddressInput
from starterkit_core.modules import load_all_use_cases
from starterkit_core.services import audit
from starterkit_core.use_cases import UseCase
from tests.situations import each_case

RANDOM = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|sk[acdglr]_[\w-]+"
    r"|\d{4}-\d\d-\d\d[T ][\d:.+Z]*|[0-9a-f]{32,64}|md5\$\S+?\"",
    re.MULTILINE,
)
"""Ids, tokens, moments, hashes and codes: another run makes others."""

REFRESH = "POST /api/auth/v1/session/refresh/"
"""Its one write is in ``prepare()``; its own tests provoke a conflict there."""

running: ContextVar[bool] = ContextVar("running", default=False)
repeated: list[str] = []
"""The keys of the use cases that ran twice."""


class Deadlock(Exception):
    sqlstate = "40P01"


def twice(use_case: type[UseCase]) -> type[UseCase]:
    """Return the use case with a deadlock at the end of the first outermost run."""

    def run(self):
        if running.get():
            return super(again, self).run()
        token = running.set(True)
        try:
            output = super(again, self).run()
        finally:
            running.reset(token)
        if self.key not in repeated:
            repeated.append(self.key)
            raise OperationalError from Deadlock()
        return output

    again = type(f"Twice{use_case.__name__}", (use_case,), {"run": run})
    return again


@pytest.fixture
def with_a_deadlock(settings):
    """Return a block in which each outermost use case meets one deadlock."""
    load_all_use_cases()
    former = getattr(settings, "STARTERKIT_OVERRIDES", {})

    @contextmanager
    def block():
        repeated.clear()
        paths = {}
        for key, default in [*UseCase.defaults.items()]:
            if default.atomic:
                again = twice(default.active())
                globals()[again.__name__] = again
                paths[key] = f"{__name__}.{again.__name__}"
        settings.STARTERKIT_OVERRIDES = {**former, **paths}
        yield
        settings.STARTERKIT_OVERRIDES = former

    return block


def masked(value) -> str:
    # What JSON does not know are ids, moments and salts.
    return RANDOM.sub("…", json.dumps(value, default=lambda _: "…", sort_keys=True))


def everything_saved() -> Counter:
    """Return every row of every model of this project, without what is random."""
    return Counter(
        f"{model._meta.label} {masked(row)}"
        for model in apps.get_models()
        if model._meta.managed and model._meta.app_label not in {"auth", "contenttypes"}
        for row in model._base_manager.values()
    )


def outcome(mailbox, act):
    """Return what ``act`` answers, saves and mails."""
    mailbox.clear()
    for cache in caches.all():
        cache.clear()
    answer = act()  # the client runs what waits for the commit
    mails = sorted((mail.to, mail.subject) for mail in mailbox)
    return masked(answer), everything_saved(), mails


def assert_same(mailbox, with_a_deadlock, act) -> list[str]:
    """Compare one run of ``act``, rolled back, with one that meets a deadlock."""
    with transaction.atomic():
        once = outcome(mailbox, act)
        transaction.set_rollback(True)
    with with_a_deadlock():
        twice = outcome(mailbox, act)
    (answer, rows, mails), (same_answer, same_rows, same_mails) = once, twice
    assert (answer, mails) == (same_answer, same_mails)
    assert [*(rows - same_rows)] == [*(same_rows - rows)] == []
    return repeated


@each_case
@pytest.mark.usefixtures("alone")
def test_a_request_that_meets_a_deadlock_ends_as_one_that_does_not(
    caller, case, mailbox, with_a_deadlock
):
    body = case.prepare(caller)

    def send():
        answer = caller.send(case.request, body)
        return answer.status_code, answer.json() if answer.content else None

    repeated_keys = assert_same(mailbox, with_a_deadlock, send)

    writes = not case.request.startswith("GET ") and "wrong" not in case.situation
    assert bool(repeated_keys) is (writes and case.request != REFRESH)


def close_account(caller):
    caller.open_another()
    return lambda: call_command("auth_suspend", user=caller.email)


def open_account(caller):
    call_command("auth_suspend", user=caller.email)
    return lambda: call_command("auth_suspend", user=caller.email, lift=True)


def end_access(caller):
    user = caller.open_another().user
    return lambda: EndAccess.execute(EndAccessInput(user=user))


def end_sessions(caller):
    caller.open_another()
    return lambda: call_command("auth_end_sessions", user=caller.email)


def end_all_sessions(caller):
    caller.open_another()
    return lambda: call_command("auth_end_sessions", all=True)


def import_addresses(caller):
    user = caller.make_account(verified=False)
    proven = {user.pk: [addresses.mailbox_of(user)]}
    return lambda: ImportAddresses.execute(ImportAddressesInput(proven=proven))


def keep_address(caller):
    user = caller.make_user()
    key = addresses.key_of(user)
    given = KeepAddressInput(key=key, accounts=[user], rule="oldest")
    return lambda: KeepAddress.execute(given)


def purge_expired(caller):
    first = first_id_at(datetime(2019, 1, 1, tzinfo=UTC))
    caller.open_another(id=first, revoked_at="2020-01-01T00:00:00Z")
    return lambda: call_command("auth_purge")


def send_confirmation(caller):
    user = caller.make_account(verified=False)
    body = {**caller.credentials, "email": addresses.mailbox_of(user)}
    return lambda: caller.post("session", body).status_code


def end_replayed_session(caller):
    retired = {"refresh_token": caller.open_another().refresh_token}
    newest = retired
    for _ in range(2):
        token = caller.post("session/refresh", newest).json()["refresh_token"]
        newest = {"refresh_token": token}
    return lambda: caller.post("session/refresh", retired).status_code


def replace_a_cookie(caller):
    caller.client.credentials(HTTP_SEC_FETCH_SITE="same-origin")
    caller.sign_in(transport="cookie")
    cookies = deepcopy(caller.client.cookies)
    body = {**caller.credentials, "client": {"transport": "cookie"}}

    def sign_in():
        caller.client.cookies = deepcopy(cookies)
        return caller.post("session", body).status_code

    return sign_in


def settle_dispute(caller):
    way_back = reversals.open_way_back(caller.user, "former@example.com", undo=True)
    rows = Challenge.objects.filter(pk=way_back.pk)
    rows.update(created_at=timezone.now() - timedelta(days=3))
    audit.record("auth.password_reset", subject=caller.user)
    body = {"token": challenge_secrets.link_token_of(way_back)}
    return lambda: caller.post("email/change/reversal", body).status_code


def confirm_a_sign_up(caller):
    body = {**caller.register(), "code": caller.code}
    return lambda: caller.post("registration/confirmation", body).status_code


def publish_document(caller):
    file = caller.folder / "terms.md"
    file.write_text("# Terms\n\nBe kind.\n", "utf-8")
    return lambda: call_command(
        "terms_publish", "terms", str(file), label="1", verbosity=0
    )


DOORS = {
    "starterkit_auth.use_cases.close_account": close_account,
    "starterkit_auth.use_cases.end_access": end_access,
    "starterkit_auth.use_cases.end_all_sessions": end_all_sessions,
    "starterkit_auth.use_cases.end_replayed_session": end_replayed_session,
    "starterkit_auth.use_cases.end_sessions": end_sessions,
    "starterkit_auth.use_cases.import_addresses": import_addresses,
    "starterkit_auth.use_cases.keep_address": keep_address,
    "starterkit_auth.use_cases.open_account": open_account,
    "starterkit_auth.use_cases.purge_expired": purge_expired,
    "starterkit_auth.use_cases.send_confirmation": send_confirmation,
    "starterkit_auth.use_cases.settle_dispute": settle_dispute,
    "starterkit_auth.v1.registration.confirmation.post": confirm_a_sign_up,
    "starterkit_auth.v1.session.post": replace_a_cookie,
    "starterkit_terms.use_cases.publish_document": publish_document,
}
"""A door to each act; the key is that of the outermost use case behind it."""

JOINED = {
    "starterkit_auth.use_cases.create_account": confirm_a_sign_up,
    "starterkit_auth.use_cases.end_replaced_session": replace_a_cookie,
    "starterkit_auth.use_cases.open_session": replace_a_cookie,
    "starterkit_terms.use_cases.publish_version": publish_document,
}
"""Acts that are repeated as a part of another use case."""


@pytest.mark.parametrize("key", DOORS)
def test_an_act_that_meets_a_deadlock_ends_as_one_that_does_not(
    caller, key, mailbox, with_a_deadlock
):
    act = DOORS[key](caller)

    assert key in assert_same(mailbox, with_a_deadlock, act)


def test_every_use_case_that_writes_is_among_them():
    load_all_use_cases()
    writing = {
        key
        for key, use_case in UseCase.defaults.items()
        if use_case.atomic and key.startswith("starterkit_")
    }
    acts = {key for key in writing if ".use_cases." in key}

    # tests/test_queries.py finds an endpoint without a case.
    assert acts <= DOORS.keys() | JOINED.keys()
