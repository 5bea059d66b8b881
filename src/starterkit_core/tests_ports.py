"""The ports: what modules offer each other through core."""

from http import HTTPStatus

import pytest
from django.core.exceptions import PermissionDenied
from django.test import RequestFactory
from rest_framework.request import ForcedAuthentication, Request
from rest_framework.test import APIRequestFactory, force_authenticate
from rest_framework.views import APIView

from starterkit_core.errors import DomainError
from starterkit_core.http.client import client_of, readable
from starterkit_core.http.exceptions import Refused
from starterkit_core.models import AuditEvent
from starterkit_core.observability.context import entered, from_payload
from starterkit_core.permissions import PassesAccessGates
from starterkit_core.ports import access_gates, personal_data, sign_up
from starterkit_core.services import audit
from starterkit_core.signals import announce
from starterkit_core.utils.client import Client
from tests.sample.models import Thing
from tests.sample.signals import thing_created

THINGS = "/api/sample/v1/things/"


class PhoneMissing(DomainError):
    code = "phone_missing"
    message = "Give us your phone number."
    status = HTTPStatus.FORBIDDEN


class PhoneGate:
    code = "phone_missing"
    order = 20
    exempt = frozenset()

    def refusal(self, user):
        return PhoneMissing(facts={"channel": "sms"})


class OpenGate:
    code = "open"
    order = 10
    exempt = frozenset()

    def refusal(self, user):
        return None


@pytest.fixture
def phone_gate():
    gate = PhoneGate()
    access_gates.register(gate)
    access_gates.register(OpenGate())
    yield gate
    access_gates.unregister(gate.code)
    access_gates.unregister("open")


@pytest.mark.django_db
def test_a_closed_gate_refuses_with_its_code_and_facts(client_of, user, phone_gate):
    response = client_of(user).post(THINGS, {"name": "Lamp"})

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert response.json()["code"] == "phone_missing"
    assert response.json()["channel"] == "sms"
    assert not Thing.objects.exists()


@pytest.mark.django_db
def test_an_exempt_endpoint_stays_open(client_of, user, phone_gate):
    phone_gate.exempt = frozenset({"tests.sample.v1.things.post"})

    response = client_of(user).post(THINGS, {"name": "Lamp"})

    assert response.status_code == HTTPStatus.CREATED


@pytest.mark.django_db
def test_lists_closed_gates_in_order(user, phone_gate):
    assert [gate.code for gate in access_gates.gates()][:2] == ["open", "phone_missing"]
    assert "phone_missing" in access_gates.pending(user)


@pytest.mark.django_db
def test_a_hosts_own_view_is_gated_by_one_permission(user, phone_gate):
    class HostView(APIView):
        permission_classes = [PassesAccessGates]

    request = APIRequestFactory().get("/own/")
    force_authenticate(request, user)

    response = HostView.as_view()(request)

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert response.data["detail"] == "Give us your phone number."


@pytest.fixture
def visit(user, phone_gate):
    """Ask before a view of a package that leaves its permissions to the project."""

    class PackageView(APIView):
        pass

    class Key:
        pass

    def ask(authenticator=Key, **attributes):
        request = Request(APIRequestFactory().get("/"))
        request.user, request._authenticator = user, authenticator()
        view = type("View", (PackageView,), attributes)()
        return PassesAccessGates().has_permission(request, view)

    phone_gate.can_be_opened_by = lambda it: not isinstance(it, Key)
    return ask


@pytest.mark.django_db
def test_a_project_wide_gate_locks_no_user_out_for_good(visit):
    assert visit()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "given",
    [
        {"authenticator": object},
        {"authenticator": lambda: ForcedAuthentication(None, None)},
        {"permission_classes": [PassesAccessGates]},
    ],
    ids=["it can open the gate", "a test forced it", "the view asks"],
)
def test_a_project_wide_gate_stops_other_users(visit, given):
    with pytest.raises(Refused) as refused:
        visit(**given)

    assert refused.value.refusal.code == "phone_missing"


@pytest.mark.django_db
def test_no_gate_is_asked_about_an_anonymous_client(phone_gate):
    class HostView(APIView):
        permission_classes = [PassesAccessGates]

        def get(self, request):
            raise PermissionDenied

    response = HostView.as_view()(APIRequestFactory().get("/own/"))

    assert response.data["code"] == "permission_denied"


@pytest.mark.django_db
def test_an_event_of_a_task_has_the_request_that_started_it():
    with entered(from_payload({"request_id": "request-1"})):
        event = audit.record("shop.sold")

    assert event.request_id == "request-1"
    assert audit.record("shop.sold").request_id == ""


@pytest.mark.django_db
def test_the_audit_keeps_no_secrets(user):
    client = Client(address="192.0.2.1", user_agent="curl", request_id="abcdefgh")

    event = audit.record(
        "sample.acted",
        actor=user,
        subject=user,
        client=client,
        facts={"password": "hunter2", "list": [{"refresh_token": "x"}], "reason": "ok"},
    )

    event.refresh_from_db()
    assert event.facts == {
        "password": "[redacted]",
        "list": [{"refresh_token": "[redacted]"}],
        "reason": "ok",
    }
    assert (event.actor_id, event.subject_id) == (str(user.pk), str(user.pk))
    assert (event.address, event.request_id) == ("192.0.2.1", "abcdefgh")


@pytest.mark.django_db
def test_a_reason_is_cut_and_shows_no_address():
    event = audit.record(
        "sample.acted", reason="Asked by ada@example.com " + "a@b.cd " * 70
    )

    event.refresh_from_db()
    assert event.reason.startswith("Asked by [redacted] ")
    assert len(event.reason) == audit.LONGEST_REASON


@pytest.mark.django_db
def test_an_audit_line_is_never_changed_or_deleted():
    event = audit.record("sample.acted")

    with pytest.raises(PermissionDenied):
        event.save()
    with pytest.raises(PermissionDenied):
        event.delete()
    assert AuditEvent.objects.get().action == "sample.acted"


class Wallet:
    name = "wallet"
    models = ("sample.Thing",)

    def __init__(self):
        self.erased = []

    def export(self, user):
        return {"coins": 3}

    def erase(self, user):
        self.erased.append(user.pk)


@pytest.mark.django_db
def test_export_and_erasure_ask_every_provider(user):
    wallet = Wallet()
    personal_data.register(wallet)
    try:
        exported = personal_data.export(user)
        wallet_models = personal_data.covered_models()
    finally:
        personal_data.unregister("wallet")

    assert exported["wallet"] == {"coins": 3}
    assert "sample.Thing" in wallet_models


class AgeRequirement:
    name = "age"
    raises = (PhoneMissing,)

    def fields(self):
        return {}

    def validate(self, given):
        if given.get("age", 0) < 18:
            raise PhoneMissing

    def commit(self, user, given, client):
        user.age = given["age"]


@pytest.mark.django_db
def test_sign_up_asks_every_requirement(user):
    before = sign_up.requirements()
    sign_up.register(AgeRequirement())
    try:
        with pytest.raises(PhoneMissing):
            sign_up.requirements()[-1].validate({"age": 17})
        sign_up.requirements()[-1].commit(user, {"age": 18}, Client())
    finally:
        sign_up.unregister("age")

    assert user.age == 18
    assert sign_up.requirements() == before


def test_the_client_is_read_from_the_request():
    request = RequestFactory().get(
        "/", headers={"User-Agent": "App/1\x1b[31m\n"}, REMOTE_ADDR="192.0.2.7"
    )

    client = client_of(request)

    assert client.address == "192.0.2.7"
    assert client.user_agent == "App/1[31m"
    assert client.request_id == client_of(request).request_id


def test_text_for_logs_has_no_control_characters():
    assert readable("a\x00b\nc\u202ed") == "abcd"


@pytest.mark.django_db
def test_a_receiver_that_fails_does_not_stop_the_next(
    received, django_capture_on_commit_callbacks
):
    def fail(**kwargs):
        raise RuntimeError

    thing_created.connect(fail)
    facts = received(thing_created)

    with django_capture_on_commit_callbacks(execute=True):
        announce(thing_created, Thing, thing="lamp")
    thing_created.disconnect(fail)

    assert [fact["thing"] for fact in facts] == ["lamp"]
