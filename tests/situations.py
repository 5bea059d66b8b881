"""Every endpoint in its situations, for tests that send all of these requests."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.http import HttpResponse
from django.utils import timezone

from starterkit_auth.conf import conf
from starterkit_auth.conftest import open_session
from starterkit_auth.models import PendingRegistration
from starterkit_auth.services import addresses
from starterkit_core.testing.client import ApiClient
from starterkit_core.testing.plugin import PASSWORD
from starterkit_users.models import Job, Role
from tests.journey import Upload, png

UNKNOWN = "unknown@example.com"

NEW_PASSWORD = "a rose is a rose is a"

BY_TERMS = "with starterkit-terms"
"""In the situations in which its gate and its sign-up requirement take part."""


def without_file(response: Any) -> Any:
    """Return a response; of one with a file, read to its end, only the headers."""
    if not response.streaming:
        return response
    response.getvalue()
    return HttpResponse(status=response.status_code, headers=dict(response.headers))


class Caller:
    """A user whose address is proven; signed in as soon as a session is open."""

    def __init__(self, make_user: Any, mailbox: Any, tmp_path: Any) -> None:
        self.make_user, self.mailbox, self.folder = make_user, mailbox, tmp_path
        self.client = ApiClient()
        self.user = self.make_account(verified=True)
        self.subject = self.user
        """The user whom a request of an administrator is about."""

        self.email = addresses.mailbox_of(self.user)
        self.credentials = {"email": self.email, "password": PASSWORD}
        self.newest_session = self.invitation_id = self.job_id = ""
        self.export_id = self.acceptance_id = ""
        self.number = 1
        """The version of a document that a request is about."""

    def make_account(self, *, verified: bool) -> Any:
        user = self.make_user()
        # Without a column for the address, only auth's table has one.
        address = addresses.mailbox_of(user) or f"p{user.pk}@example.com"
        addresses.assign(user, address, verified=verified)
        return user

    def send(self, request: str, body: Any = None) -> Any:
        """Send a request such as ``GET /api/users/v1/me/``."""
        ids = {
            "session_id": self.newest_session,
            "user_id": self.subject.pk,
            "invitation_id": self.invitation_id,
            "bulk_id": self.job_id,
            "import_id": self.job_id,
            "export_id": self.export_id,
            "acceptance_id": self.acceptance_id,
            "key": "terms",
            "number": self.number,
        }
        method, path = request.format(**ids).split()
        send = getattr(self.client, method.lower())
        if isinstance(body, bytes):
            return send(path, body, content_type="text/csv")
        if isinstance(body, Upload):
            form = {"file": SimpleUploadedFile("x", body.content)}
            return send(path, form, format="multipart")
        return without_file(send(path, body))

    def post(self, path: str, body: Any) -> Any:
        return self.send(f"POST /api/auth/v1/{path}/", body)

    def sign_in(self, **client: str) -> None:
        """Sign in from a device; the session is not used for what is sent next."""
        self.post("session", {**self.credentials, "client": client})

    def open_session(self, **columns: Any) -> None:
        """Be signed in from here on."""
        token = self.open_another(**columns).access_token
        self.client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")

    def open_another(self, **columns: Any) -> Any:
        opened = open_session(self.user, **columns)
        self.newest_session = str(opened.session.pk)
        return opened

    def register(self, email: str = UNKNOWN) -> dict[str, str]:
        """Sign up, and return the token of the registration, as it is sent."""
        body = {"email": email, "password": PASSWORD}
        token = self.post("registration", body).json()["registration_token"]
        return {"registration_token": token}

    def grant(self, codename: str) -> None:
        """Have a permission from here on."""
        permission = Permission.objects.get(codename=codename)
        self.user.user_permissions.add(permission)

    def save_job(self, **columns: Any) -> None:
        """Have started a bulk act or an import."""
        job = Job.objects.create(actor_id=str(self.user.pk), **columns)
        self.job_id = str(job.pk)

    def invite(self) -> None:
        """Be signed in as one who may do all with invitations, and send one."""
        self.open_session()
        for act in ("view", "add", "change"):
            self.grant(f"{act}_invitation")
        body = {"email": UNKNOWN}
        invitation = self.send("POST /api/users/v1/invitations/", body).json()
        self.invitation_id = invitation["id"]

    def make_role(self, key: str) -> None:
        """Save a role without permissions."""
        Role.objects.create(key=key, group=Group.objects.create(name=key))

    def start_email_change(self) -> None:
        self.open_session()
        self.post("email/change", {"email": UNKNOWN})

    def ask_for_export(self) -> None:
        """Be signed in, and have an export with a file."""
        self.open_session()
        answer = self.send("POST /api/users/v1/me/exports/")
        self.export_id = answer.json()["id"]

    def publish_terms(self, **options: Any) -> list[dict[str, str]]:
        """Publish a document, and return what is sent to accept it."""
        file = self.folder / "terms.md"
        file.write_text("# Terms\n\nBe kind.\n", "utf-8")
        options = {"label": str(self.number), "verbosity": 0, **options}
        call_command("terms_publish", "terms", str(file), **options)
        [document] = self.send("GET /api/terms/v1/documents/").json()["results"]
        return [{name: document[name] for name in ("version", "content_hash")}]

    def accept_terms(self) -> dict[str, Any]:
        """Be signed in and have accepted a document; return what was sent."""
        body = {"acceptances": self.publish_terms()}
        self.open_session()
        answer = self.send("POST /api/terms/v1/acceptances/", body)
        self.acceptance_id = answer.json()["results"][0]["id"]
        return body

    def publish_consent(self) -> dict[str, Any]:
        """Be signed in, and return what is sent to give a consent."""
        [shown] = self.publish_terms(nature="consent", optional=True)
        self.open_session()
        return {"state": "given", **shown}

    @property
    def code(self) -> str:
        """The code in the last mail."""
        [code] = re.findall(r"^\d{6}$", self.mailbox[-1].body, re.MULTILINE)
        return code

    @property
    def invitation_token(self) -> str:
        """The token of an invitation in the last mail."""
        [token] = re.findall(r"\b(skn_[\w=-]+)", self.mailbox[-1].body)
        return token

    @property
    def token(self) -> str:
        """The token in the last mail."""
        [token] = re.findall(r"\b(skl_[\w-]+)", self.mailbox[-1].body)
        return token


def wait_a_minute(body: dict[str, str]) -> dict[str, str]:
    """Let the cooldown of the last mail pass."""
    a_minute_ago = timezone.now() - timedelta(minutes=1)
    PendingRegistration.objects.update(mailed_at=a_minute_ago)
    return body


class Case(NamedTuple):
    """A request in a situation."""

    request: str
    situation: str
    prepare: Callable[[Caller], Any]
    """Brings the situation about, and returns the body to send."""

    def __str__(self) -> str:
        return f"{self.request} {self.situation}"


CASES: list[Case] = []


def case(request: str, situation: str = "") -> Callable[..., Any]:
    """Add a case; what is decorated prepares it."""

    def add(prepare: Callable[[Caller], Any]) -> Callable[[Caller], Any]:
        CASES.append(Case(request, situation, prepare))
        return prepare

    return add


@case("GET /api/auth/v1/config/")
def read_config(caller):
    pass


@case("POST /api/auth/v1/email/change/", "to a free address")
def change_address(caller):
    caller.open_session()
    return {"email": UNKNOWN}


@case("POST /api/auth/v1/email/change/", "to a taken address")
def change_address_to_a_taken_one(caller):
    caller.open_session()
    return {"email": addresses.mailbox_of(caller.make_account(verified=True))}


@case("POST /api/auth/v1/email/change/confirmation/", "by link; ends one session")
def confirm_address_by_link(caller):
    caller.start_email_change()
    caller.client.credentials()
    return {"token": caller.token}


@case("POST /api/auth/v1/email/change/confirmation/", "by code; ends no session")
def confirm_address_by_code(caller):
    caller.start_email_change()
    return {"code": caller.code}


@case("POST /api/auth/v1/email/change/reversal/", "ends one session")
def undo_change_of_address(caller):
    caller.start_email_change()
    caller.post("email/change/confirmation", {"code": caller.code})
    caller.client.credentials()
    return {"token": caller.token}


@case("GET /api/auth/v1/events/")
def list_events(caller):
    caller.sign_in()
    caller.sign_in()
    caller.open_session()


@case("PUT /api/auth/v1/password/", "ends no other session")
def change_password(caller):
    caller.open_session()
    return {"current_password": PASSWORD, "new_password": NEW_PASSWORD}


@case("POST /api/auth/v1/password/reset/", "of an account")
def forget_password(caller):
    return {"email": caller.email}


@case("POST /api/auth/v1/password/reset/", "of an unknown address")
def forget_password_of_an_unknown_address(caller):
    return {"email": UNKNOWN}


@case("POST /api/auth/v1/password/reset/confirmation/", "by link; ends one session")
def reset_password_by_link(caller):
    caller.open_another()
    caller.post("password/reset", {"email": caller.email})
    return {"token": caller.token, "new_password": NEW_PASSWORD}


@case("POST /api/auth/v1/password/reset/confirmation/", "by code; ends no session")
def reset_password_by_code(caller):
    caller.post("password/reset", {"email": caller.email})
    answer = {"email": caller.email, "code": caller.code}
    return {**answer, "new_password": NEW_PASSWORD}


@case("POST /api/auth/v1/registration/", "of a new address")
def register(caller):
    return {"email": UNKNOWN, "password": PASSWORD}


@case("POST /api/auth/v1/registration/", "of an address with an account")
def register_again(caller):
    return caller.credentials


@case("POST /api/auth/v1/registration/code/", "of a new address")
def resend_code(caller):
    return wait_a_minute(caller.register())


@case("POST /api/auth/v1/registration/code/", "of an address with an account")
def resend_code_of_an_account(caller):
    return wait_a_minute(caller.register(caller.email))


@case("POST /api/auth/v1/registration/code/", "of no registration")
def resend_code_of_none(caller):
    return {"registration_token": "skg_" + "A" * 64}


@case("POST /api/auth/v1/registration/confirmation/", "by link")
def confirm_by_link(caller):
    return {**caller.register(), "token": caller.token}


@case("POST /api/auth/v1/registration/confirmation/", "by link and password")
def confirm_by_link_and_password(caller):
    caller.register()
    return {"token": caller.token, "password": PASSWORD}


@case("POST /api/auth/v1/registration/confirmation/", "by code")
def confirm_by_code(caller):
    return {**caller.register(), "code": caller.code}


@case("POST /api/auth/v1/registration/confirmation/", "of an account without proof")
def confirm_an_account(caller):
    user = caller.make_account(verified=False)
    body = {**caller.credentials, "email": addresses.mailbox_of(user)}
    token = caller.post("session", body).json()["registration_token"]
    return {"registration_token": token, "code": caller.code}


@case("GET /api/auth/v1/session/")
def read_session(caller):
    caller.open_session()


@case("GET /api/auth/v1/session/", "saves that it is used")
def read_session_after_a_while(caller):
    caller.open_session(last_seen_at=timezone.now() - conf.TOUCH_INTERVAL)


@case("POST /api/auth/v1/session/", "from a known device")
def sign_in(caller):
    caller.sign_in()
    return caller.credentials


@case("POST /api/auth/v1/session/", "from a new device")
def sign_in_from_a_new_device(caller):
    caller.sign_in(device_name="Phone")
    return caller.credentials


@case("POST /api/auth/v1/session/", "with a wrong password")
def sign_in_with_a_wrong_password(caller):
    return {**caller.credentials, "password": NEW_PASSWORD}


@case("DELETE /api/auth/v1/session/")
def sign_out(caller):
    caller.open_session()


@case("POST /api/auth/v1/session/refresh/", "with the newest token")
def refresh(caller):
    return {"refresh_token": caller.open_another().refresh_token}


@case("POST /api/auth/v1/session/refresh/", "with the token before that, in time")
def refresh_again(caller):
    body = {"refresh_token": caller.open_another().refresh_token}
    caller.post("session/refresh", body)
    return body


@case("POST /api/auth/v1/session/step-up/")
def step_up(caller):
    caller.open_session()
    return {"password": PASSWORD}


@case("GET /api/auth/v1/sessions/")
def list_sessions(caller):
    caller.open_another()
    caller.open_session()


@case("DELETE /api/auth/v1/sessions/", "ends no session")
def end_no_other_session(caller):
    caller.open_session()


@case("DELETE /api/auth/v1/sessions/", "ends one session")
def end_another_session(caller):
    caller.open_session()
    caller.open_another()


@case("DELETE /api/auth/v1/sessions/{session_id}/")
def end_a_session(caller):
    caller.open_session()
    caller.open_another()


@case("GET /api/users/v1/audit-events/")
def list_audit_events(caller):
    caller.open_session()
    caller.grant("view_auditevent")


@case("GET /api/users/v1/invitations/")
def list_invitations(caller):
    caller.invite()


@case("POST /api/users/v1/invitations/")
def invite(caller):
    caller.open_session()
    caller.grant("add_invitation")
    return {"email": UNKNOWN, "first_name": "Grace"}


@case("POST /api/users/v1/invitations/acceptance/", "of an open invitation")
def accept_invitation(caller):
    caller.invite()
    caller.client.credentials()
    return {"token": caller.invitation_token, "password": NEW_PASSWORD}


@case("POST /api/users/v1/invitations/acceptance/", "with a wrong token")
def accept_no_invitation(caller):
    return {"token": "skn_" + "A" * 64, "password": NEW_PASSWORD}


@case("GET /api/users/v1/invitations/{invitation_id}/")
def read_invitation(caller):
    caller.invite()


@case("DELETE /api/users/v1/invitations/{invitation_id}/", "deletes the account")
def revoke_invitation(caller):
    caller.invite()


@case("POST /api/users/v1/invitations/{invitation_id}/mail/")
def resend_invitation(caller):
    caller.invite()


@case("POST /api/users/v1/users/", "with a password")
def add_user(caller):
    caller.open_session()
    caller.grant("add_user")
    return {"email": UNKNOWN, "password": NEW_PASSWORD}


@case("POST /api/users/v1/users/", "without a password")
def add_user_without_a_password(caller):
    caller.open_session()
    caller.grant("add_user")
    return {"email": UNKNOWN}


@case("GET /api/users/v1/users/")
def list_users(caller):
    caller.open_session()
    caller.grant("view_user")


@case("GET /api/users/v1/users/{user_id}/")
def read_user(caller):
    caller.open_session()
    caller.grant("view_user")


@case("PATCH /api/users/v1/users/{user_id}/")
def update_user(caller):
    caller.open_session()
    caller.grant("change_user")
    return {"first_name": "Ada"}


@case("GET /api/users/v1/users/export/")
def export_users(caller):
    caller.open_session()
    caller.grant("view_user")


@case("POST /api/users/v1/users/bulk/")
def start_bulk(caller):
    caller.open_session()
    caller.grant("change_user")
    return {"act": "lift", "ids": [str(caller.make_account(verified=True).pk)]}


@case("GET /api/users/v1/users/bulk/{bulk_id}/")
def read_bulk(caller):
    caller.open_session()
    caller.grant("change_user")
    caller.save_job(kind="bulk", options={"act": "lift"}, total=1)


@case("GET /api/users/v1/users/bulk/{bulk_id}/results/")
def list_bulk_results(caller):
    caller.open_session()
    caller.grant("change_user")
    caller.save_job(kind="bulk", options={"act": "lift"}, total=1)


@case("POST /api/users/v1/users/imports/")
def start_import(caller):
    caller.open_session()
    caller.grant("add_user")
    caller.grant("change_user")
    return b"email,first_name\nnew@example.com,Ada\n"


@case("GET /api/users/v1/users/imports/{import_id}/")
def read_import(caller):
    caller.open_session()
    caller.grant("add_user")
    caller.save_job(kind="import", options={"dry_run": False}, total=1)


@case("POST /api/users/v1/users/{user_id}/impersonation/")
def begin_impersonation(caller):
    caller.open_session()
    caller.grant("impersonate_user")
    caller.subject = caller.make_account(verified=True)
    return {"reason": "Ticket 4711"}


@case("DELETE /api/users/v1/users/{user_id}/impersonation/")
def end_impersonation(caller):
    body = begin_impersonation(caller)
    caller.send("POST /api/users/v1/users/{user_id}/impersonation/", body)


@case("POST /api/users/v1/users/{user_id}/password-reset/")
def make_set_a_password(caller):
    caller.open_session()
    caller.grant("change_user")
    caller.subject = caller.make_account(verified=True)
    return {"reason": "Found on a note"}


@case("DELETE /api/users/v1/users/{user_id}/sessions/", "ends one session")
def sign_a_user_out(caller):
    caller.open_session()
    caller.grant("change_user")
    caller.subject = caller.make_account(verified=True)
    open_session(caller.subject)


@case("PUT /api/users/v1/users/{user_id}/suspension/", "ends one session")
def suspend_user(caller):
    caller.open_session()
    caller.grant("change_user")
    caller.subject = caller.make_account(verified=True)
    open_session(caller.subject)
    return {"reason": "Spam in comments"}


@case("DELETE /api/users/v1/users/{user_id}/suspension/")
def lift_suspension(caller):
    body = suspend_user(caller)
    caller.send("PUT /api/users/v1/users/{user_id}/suspension/", body)


@case("PUT /api/users/v1/users/{user_id}/verification/")
def mark_as_verified(caller):
    caller.open_session()
    caller.grant("change_user")
    caller.subject = caller.make_account(verified=False)
    return {"reason": "Seen in person"}


@case("GET /api/users/v1/users/{user_id}/roles/")
def read_roles_of_a_user(caller):
    caller.open_session()
    caller.grant("view_user")


@case("PUT /api/users/v1/users/{user_id}/roles/", "to other roles")
def set_roles(caller):
    caller.open_session()
    caller.user.is_superuser = True
    caller.user.save()
    for key in ("editor", "support"):
        caller.make_role(key)
    return {"roles": ["editor", "support"]}


@case("PUT /api/users/v1/users/{user_id}/roles/", "to the same roles")
def set_the_same_roles(caller):
    caller.open_session()
    caller.user.is_superuser = True
    caller.user.save()
    return {"roles": []}


@case("GET /api/users/v1/roles/")
def list_roles(caller):
    caller.open_session()
    caller.grant("view_user")
    caller.make_role("support")


@case("GET /api/users/v1/me/")
def read_account(caller):
    caller.open_session()


@case("PATCH /api/users/v1/me/")
def update_account(caller):
    caller.open_session()
    return {"first_name": "Ada"}


@case("DELETE /api/users/v1/me/", "ends no other session")
def delete_account(caller):
    caller.open_session()


@case("POST /api/users/v1/me/deactivation/", "ends no other session")
def deactivate_account(caller):
    caller.open_session()


@case("POST /api/users/v1/me/restoration/", "of an active account")
def restore_an_active_account(caller):
    caller.open_session()


@case("POST /api/users/v1/me/restoration/", "takes a deletion back")
def restore_account(caller):
    caller.open_session()
    caller.send("DELETE /api/users/v1/me/")
    caller.open_session()


@case("GET /api/users/v1/me/exports/")
def list_exports(caller):
    caller.ask_for_export()


@case("POST /api/users/v1/me/exports/", "makes the file at once")
def ask_for_export(caller):
    caller.open_session()


@case("GET /api/users/v1/me/exports/{export_id}/")
def read_export(caller):
    caller.ask_for_export()


@case("POST /api/users/v1/me/exports/{export_id}/download/")
def download_export(caller):
    caller.ask_for_export()


@case("DELETE /api/users/v1/users/{user_id}/", "erases at once")
def erase_user(caller):
    caller.open_session()
    caller.grant("delete_user")
    caller.subject = caller.make_account(verified=True)


@case("GET /api/users/v1/me/preferences/")
def read_preferences(caller):
    caller.open_session()


@case("PATCH /api/users/v1/me/preferences/")
def update_preferences(caller):
    caller.open_session()
    return {"sample.note": "Hello."}


@case("PUT /api/users/v1/me/avatar/", "the first one")
def set_avatar(caller):
    caller.open_session()
    return Upload(png(32))


@case("PUT /api/users/v1/me/avatar/", "another one")
def replace_avatar(caller):
    upload = set_avatar(caller)
    caller.send("PUT /api/users/v1/me/avatar/", upload)
    return upload


@case("DELETE /api/users/v1/me/avatar/")
def remove_avatar(caller):
    replace_avatar(caller)


@case("GET /api/terms/v1/documents/")
def list_documents(caller):
    caller.publish_terms()


@case("GET /api/terms/v1/documents/{key}/")
def read_document(caller):
    caller.publish_terms()


@case("GET /api/terms/v1/documents/{key}/versions/")
def list_versions(caller):
    caller.publish_terms()


@case("GET /api/terms/v1/documents/{key}/versions/{number}/")
def read_version(caller):
    caller.publish_terms()


@case("GET /api/terms/v1/documents/{key}/versions/{number}/diff/")
def compare_versions(caller):
    for caller.number in (1, 2):
        caller.publish_terms()


@case("GET /api/terms/v1/pending/", "nothing is")
def list_pending_without_any(caller):
    caller.open_session()


@case("GET /api/terms/v1/pending/", "something is")
def list_pending(caller):
    caller.publish_terms()
    caller.open_session()


@case("POST /api/terms/v1/acceptances/")
def accept_terms(caller):
    accepted = caller.publish_terms()
    caller.open_session()
    return {"acceptances": accepted}


@case("POST /api/terms/v1/acceptances/", "again")
def accept_terms_again(caller):
    return caller.accept_terms()


@case("GET /api/terms/v1/acceptances/")
def list_acceptances(caller):
    caller.accept_terms()


@case("GET /api/terms/v1/acceptances/{acceptance_id}/receipt/")
def read_receipt(caller):
    caller.accept_terms()


@case("GET /api/terms/v1/consents/")
def list_consents(caller):
    caller.publish_consent()


@case("GET /api/terms/v1/consents/{key}/")
def read_consent(caller):
    caller.publish_consent()


@case("PUT /api/terms/v1/consents/{key}/", "gives it")
def give_consent(caller):
    return caller.publish_consent()


@case("PUT /api/terms/v1/consents/{key}/", "withdraws it")
def withdraw_consent(caller):
    caller.send("PUT /api/terms/v1/consents/{key}/", caller.publish_consent())
    return {"state": "withdrawn"}


@case("GET /api/auth/v1/sessions/", BY_TERMS)
def list_sessions_behind_the_gate(caller):
    caller.open_session()


@case("GET /api/auth/v1/session/", BY_TERMS)
def read_session_with_gates(caller):
    caller.open_session()


@case("POST /api/auth/v1/registration/", f"of a new address, {BY_TERMS}")
def register_and_accept(caller):
    accepted = caller.publish_terms()
    return {"email": UNKNOWN, "password": PASSWORD, "accepted_terms": accepted}


each_case = pytest.mark.parametrize("case", CASES, ids=str)
