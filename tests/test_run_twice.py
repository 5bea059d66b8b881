"""``run()`` may run again after a conflict; the outcome is that of one run."""

import json
import re
from collections import Counter
from contextlib import contextmanager
from contextvars import ContextVar
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from io import StringIO
from itertools import count

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.cache import caches
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import OperationalError, transaction
from django.db.models import QuerySet
from django.test import TestCase, override_settings
from django.utils import timezone

from starterkit_auth.models import Challenge, EmailAddress, Impersonation
from starterkit_auth.services import addresses, challenge_secrets, reversals
from starterkit_auth.use_cases.confirm_address import (
    ConfirmAddress,
    ConfirmAddressInput,
)
from starterkit_auth.use_cases.end_access import EndAccess, EndAccessInput
from starterkit_auth.use_cases.end_impersonation import (
    EndImpersonation,
    EndImpersonationInput,
)
from starterkit_auth.use_cases.import_addresses import (
    ImportAddresses,
    ImportAddressesInput,
)
from starterkit_auth.use_cases.keep_address import KeepAddress, KeepAddressInput
from starterkit_core.modules import load_all_use_cases
from starterkit_core.services import audit
from starterkit_core.use_cases import UseCase
from starterkit_core.utils.client import NO_CLIENT
from starterkit_core.utils.secrets import Secret
from starterkit_core.utils.uuid7 import first_id_at
from starterkit_terms.models import acceptance_model, version_model
from starterkit_terms.services.evidence import AcceptedText
from starterkit_terms.services.former_tables import FormerAct, FormerVersion
from starterkit_terms.use_cases.accept_as_visitor import (
    AcceptAsVisitor,
    AcceptAsVisitorInput,
)
from starterkit_terms.use_cases.bind_visitor import BindVisitor, BindVisitorInput
from starterkit_terms.use_cases.cancel_version import CancelVersion, CancelVersionInput
from starterkit_terms.use_cases.decide_as_visitor import (
    DecideAsVisitor,
    DecideAsVisitorInput,
)
from starterkit_terms.use_cases.draft_version import DraftVersion, DraftVersionInput
from starterkit_terms.use_cases.import_acts import ImportActs, ImportActsInput
from starterkit_terms.use_cases.import_versions import (
    ImportVersions,
    ImportVersionsInput,
)
from starterkit_terms.use_cases.schedule_version import (
    ScheduleVersion,
    ScheduleVersionInput,
)
from starterkit_users.services import jobs
from starterkit_users.use_cases.create_admin import CreateAdmin, CreateAdminInput
from starterkit_users.use_cases.request_deletion import (
    RequestDeletion,
    RequestDeletionInput,
)
from starterkit_users.use_cases.run_import import run_import
from tests.situations import (
    CASES,
)
from tests.situations import (
    accept_invitation as prepare_acceptance,
)
from tests.situations import (
    begin_impersonation as begin,
)
from tests.situations import (
    make_set_a_password as reset,
)

RANDOM = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|sk[acdgilr]_[\w-]+"
    r"|\d{4}-\d\d-\d\d[T ][\d:.+Z]*|avatars/[0-9a-f]{2}/|[0-9a-f]{32,64}"
    r"|md5\$\S+?\"|!\w{40}\"|\"id\": \d+",
    re.MULTILINE,
)
"""Ids, tokens, moments, hashes and codes: another run makes others."""

REFRESH = "POST /api/auth/v1/session/refresh/"
"""Its one write is in ``prepare()``; its own tests provoke a conflict there."""

DOWNLOAD = "POST /api/users/v1/me/exports/{export_id}/download/"
"""Its file does not come back with the rows; its own tests provoke a conflict."""

YEAR, LONG_AGO = timedelta(days=365), datetime(2020, 1, 1, tzinfo=UTC)

RECORDED = "GET /api/users/v1/users/export/"
"""A GET that records who asked."""

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


@pytest.mark.parametrize(
    "case", [it for it in CASES if it.request != DOWNLOAD], ids=str
)
@pytest.mark.usefixtures("alone")
def test_a_request_that_meets_a_deadlock_ends_as_one_that_does_not(
    caller, case, mailbox, with_a_deadlock
):
    body = case.prepare(caller)

    def send():
        answer = caller.send(case.request, body)
        if answer.streaming:
            return answer.status_code, answer.getvalue()
        return answer.status_code, answer.json() if answer.content else None

    repeated_keys = assert_same(mailbox, with_a_deadlock, send)

    is_get = case.request.startswith("GET ") and case.request != RECORDED
    writes = not is_get and "wrong" not in case.situation
    assert bool(repeated_keys) is (writes and case.request != REFRESH)


def close_account(caller):
    caller.open_another()
    return lambda: call_command("auth_suspend", user=caller.email)


def open_account(caller):
    call_command("auth_suspend", user=caller.email)
    return lambda: call_command("auth_suspend", user=caller.email, lift=True)


def create_admin(caller):
    model = get_user_model()
    fields = dict.fromkeys(model.REQUIRED_FIELDS, "7")
    fields |= {model.USERNAME_FIELD: "chief@example.com"}
    given = CreateAdminInput(fields=fields, password=Secret("lighthouse-keeper-7"))
    return lambda: CreateAdmin.execute(given)


def sync_roles(caller):
    caller.make_role("old")
    return lambda: call_command("sync_roles", prune=True, verbosity=0)


def lift_limits(caller):
    return lambda: call_command("auth_unlock", user=caller.email)


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


def import_rows(caller):
    options = {"key": "email", "columns": ["email"], "dry_run": False}
    columns = {"kind": "import", "options": options, "total": 2}
    for act in ("add", "change"):
        caller.grant(f"{act}_user")

    def run():
        file = ContentFile(b"email\nnew@example.com\n")
        name = jobs.storage().save("imports/file.csv", file)
        caller.save_job(file=name, **columns)
        run_import.enqueue(caller.job_id)

    return run


def confirm_a_sign_up(caller):
    body = {**caller.register(), "code": caller.code}
    return lambda: caller.post("registration/confirmation", body).status_code


def add_user(caller):
    caller.open_session()
    caller.grant("add_user")
    body = {"email": "grace@example.com"}
    return lambda: caller.send("POST /api/users/v1/users/", body).status_code


def accept_invitation(caller):
    url, body = "users/v1/invitations/acceptance/", prepare_acceptance(caller)
    return lambda: caller.send(f"POST /api/{url}", body).status_code


def publish_document(caller):
    file = caller.folder / "terms.md"
    file.write_text("# Terms\n\nBe kind.\n", "utf-8")
    return lambda: call_command(
        "terms_publish", "terms", str(file), label="1", verbosity=0
    )


def draft(caller):
    """Save a draft beside the version that is in force."""
    caller.publish_terms()
    version = version_model().objects.get()
    made = DraftVersion.execute(DraftVersionInput(version=version))
    made.label = "2"
    made.save()
    return made


def draft_version(caller):
    caller.publish_terms()
    given = DraftVersionInput(version=version_model().objects.get())
    return lambda: DraftVersion.execute(given).number


def schedule_version(caller):
    ahead = timezone.now() + YEAR
    given = ScheduleVersionInput(
        version=draft(caller), effective_at=ahead, announce_at=ahead
    )
    return lambda: ScheduleVersion.execute(given).number


def cancel_version(caller):
    version = draft(caller)
    ahead = timezone.now() + YEAR
    ScheduleVersion.execute(
        ScheduleVersionInput(version=version, effective_at=ahead, announce_at=ahead)
    )
    given = CancelVersionInput(version=version)
    return lambda: CancelVersion.execute(given).number


def rebuild_states(caller):
    caller.accept_terms()
    caller.user.terms_states.all().delete()
    return lambda: call_command("terms_rebuild_state", apply=True)


def export_evidence(caller):
    caller.accept_terms()
    document = version_model().objects.get().document.key
    numbers = count(1)

    def export():
        target = caller.folder / f"evidence-{next(numbers)}"
        call_command(
            "terms_export", target, document=f"{document}@1", stdout=StringIO()
        )

    return export


def prune_evidence(caller):
    caller.accept_terms()
    rows = QuerySet(acceptance_model())
    rows.update(user=None, updated_at=timezone.now() - 20 * YEAR)
    return lambda: call_command("terms_prune", stdout=StringIO())


def notice(caller, **options):
    """Have a version that users can be told of; return the command that does it."""
    caller.publish_terms()
    name = f"{version_model().objects.get().document.key}@1"

    def tell():
        with TestCase.captureOnCommitCallbacks(execute=True):
            call_command("terms_notify", name, stdout=StringIO(), **options)

    return tell


def start_notices(caller):
    return notice(caller, queue=True)


def former_texts():
    """Return what another package for terms had in force."""
    former = FormerVersion(
        key="former",
        label="1",
        title="Terms",
        source="Be kind.",
        summary="",
        effective_at=timezone.now() - YEAR,
    )
    return ImportVersionsInput(source="other", versions={1: former}, locale="en")


def import_versions(_caller):
    given = former_texts()
    return lambda: ImportVersions.execute(given).imported


def import_acts(caller):
    versions = ImportVersions.execute(former_texts()).versions
    when = timezone.now() - YEAR
    act = FormerAct(user_id=caller.user.pk, text_id=1, happened_at=when)
    given = ImportActsInput(source="other", acts=[act], versions=versions)
    return lambda: ImportActs.execute(given).imported


def expire_consents(caller):
    caller.send("PUT /api/terms/v1/consents/{key}/", caller.publish_consent())
    caller.user.terms_states.update(expires_at=timezone.now())
    return lambda: call_command("terms_expire_consents")


def accept_as_visitor(caller):
    given = AcceptAsVisitorInput(accepted=AcceptedText.all_of(caller.publish_terms()))
    return lambda: len(AcceptAsVisitor.execute(given).created)


def decide_as_visitor(caller):
    [shown] = AcceptedText.all_of([caller.publish_consent()])
    given = DecideAsVisitorInput(key="terms", state="given", shown=shown)
    return lambda: DecideAsVisitor.execute(given).state


def bind_visitor(caller):
    accepted = AcceptedText.all_of(caller.publish_terms())
    token = AcceptAsVisitor.execute(AcceptAsVisitorInput(accepted=accepted)).token
    user = caller.make_account(verified=True)
    return lambda: BindVisitor.execute(BindVisitorInput(user=user, token=token))


def make_export(caller):
    caller.open_session()
    return lambda: caller.send("POST /api/users/v1/me/exports/").status_code


def erase_user(caller):
    user = caller.make_account(verified=True)
    return lambda: call_command("users_erase", str(user.pk), stdout=StringIO())


def end_impersonation(caller):
    caller.send("POST /api/users/v1/users/{user_id}/impersonation/", begin(caller))
    row = Impersonation.objects.get()
    return lambda: EndImpersonation.execute(EndImpersonationInput(impersonation=row))


def confirm_address(caller):
    user = caller.make_account(verified=False)
    return lambda: ConfirmAddress.execute(ConfirmAddressInput(user=user))


def send_password_reset(caller):
    body, url = reset(caller), "users/v1/users/{user_id}/password-reset/"
    return lambda: caller.send(f"POST /api/{url}", body).status_code


def request_deletion(caller):
    given = RequestDeletionInput(email=caller.email, client=NO_CLIENT)

    run = TestCase.captureOnCommitCallbacks(execute=True)(RequestDeletion.execute)
    return lambda: run(given)


def end_dormant_account(caller):
    caller.open_another()
    rows = type(caller.user)._base_manager.filter(pk=caller.user.pk)
    rows.update(created_at=LONG_AGO, last_login=None, last_seen_at=None)
    rows.update(dormancy_warned_at=LONG_AGO + YEAR)
    policy = {"DORMANT_AFTER": YEAR}
    command = override_settings(STARTERKIT_USERS=policy)(call_command)
    return lambda: command("users_purge", stdout=StringIO())


def erase_due_account(caller):
    caller.open_session()
    caller.send("DELETE /api/users/v1/me/")
    rows = type(caller.user)._base_manager.filter(pk=caller.user.pk)
    rows.update(status_until=LONG_AGO)
    run = TestCase.captureOnCommitCallbacks(execute=True)(call_command)
    return lambda: run("users_purge", stdout=StringIO())


def reopen_account(caller):
    caller.open_session()
    caller.send("POST /api/users/v1/me/deactivation/")
    return lambda: caller.post("session", caller.credentials).status_code


def save_address_keys(caller):
    # Another key than by the rule of the project, of which there is none.
    rows = EmailAddress.objects.filter(user_id=caller.user.pk)
    assert rows.update(key="former@example.com")
    return lambda: call_command("starterkit_addresses", apply=True, stdout=StringIO())


DOORS = {
    "starterkit_auth.use_cases.close_account": close_account,
    "starterkit_auth.use_cases.confirm_address": confirm_address,
    "starterkit_auth.use_cases.end_access": end_access,
    "starterkit_auth.use_cases.end_all_sessions": end_all_sessions,
    "starterkit_auth.use_cases.end_impersonation": end_impersonation,
    "starterkit_auth.use_cases.end_replayed_session": end_replayed_session,
    "starterkit_auth.use_cases.end_sessions": end_sessions,
    "starterkit_auth.use_cases.import_addresses": import_addresses,
    "starterkit_auth.use_cases.keep_address": keep_address,
    "starterkit_auth.use_cases.open_account": open_account,
    "starterkit_auth.use_cases.lift_limits": lift_limits,
    "starterkit_core.use_cases.purge_expired": purge_expired,
    "starterkit_core.use_cases.save_address_keys": save_address_keys,
    "starterkit_users.use_cases.create_admin": create_admin,
    "starterkit_users.use_cases.end_dormant_account": end_dormant_account,
    "starterkit_users.use_cases.erase_account": erase_user,
    "starterkit_users.use_cases.erase_due_account": erase_due_account,
    "starterkit_users.use_cases.erase_part": erase_user,
    "starterkit_users.use_cases.make_export": make_export,
    "starterkit_users.use_cases.request_deletion": request_deletion,
    "starterkit_users.use_cases.start_erasure": erase_user,
    "starterkit_users.use_cases.import_rows": import_rows,
    "starterkit_users.use_cases.sync_roles": sync_roles,
    "starterkit_auth.use_cases.send_confirmation": send_confirmation,
    "starterkit_auth.use_cases.settle_dispute": settle_dispute,
    "starterkit_auth.v1.registration.confirmation.post": confirm_a_sign_up,
    "starterkit_auth.v1.session.post": replace_a_cookie,
    "starterkit_terms.use_cases.accept_as_visitor": accept_as_visitor,
    "starterkit_terms.use_cases.bind_visitor": bind_visitor,
    "starterkit_terms.use_cases.cancel_version": cancel_version,
    "starterkit_terms.use_cases.decide_as_visitor": decide_as_visitor,
    "starterkit_terms.use_cases.draft_version": draft_version,
    "starterkit_terms.use_cases.expire_consents": expire_consents,
    "starterkit_terms.use_cases.export_evidence": export_evidence,
    "starterkit_terms.use_cases.import_acts": import_acts,
    "starterkit_terms.use_cases.import_versions": import_versions,
    "starterkit_terms.use_cases.prune_evidence": prune_evidence,
    "starterkit_terms.use_cases.schedule_version": schedule_version,
    "starterkit_terms.use_cases.send_notices": notice,
    "starterkit_terms.use_cases.start_notices": start_notices,
    "starterkit_terms.use_cases.publish_document": publish_document,
    "starterkit_terms.use_cases.rebuild_states": rebuild_states,
}
"""A door to each act; the key is that of the outermost use case behind it."""

JOINED = {
    "starterkit_users.use_cases.import_user": import_rows,
    "starterkit_auth.use_cases.begin_impersonation": end_impersonation,
    "starterkit_auth.use_cases.create_account": confirm_a_sign_up,
    "starterkit_auth.use_cases.end_replaced_session": replace_a_cookie,
    "starterkit_auth.use_cases.send_password_reset": send_password_reset,
    "starterkit_auth.use_cases.open_session": replace_a_cookie,
    "starterkit_terms.use_cases.publish_version": publish_document,
    "starterkit_terms.use_cases.record_acts": expire_consents,
    "starterkit_terms.use_cases.record_visitor_acts": accept_as_visitor,
    "starterkit_users.use_cases.create_user": add_user,
    "starterkit_users.use_cases.give_invited_roles": accept_invitation,
    "starterkit_users.use_cases.reopen_account": reopen_account,
    "starterkit_users.use_cases.take_over_account": accept_invitation,
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
