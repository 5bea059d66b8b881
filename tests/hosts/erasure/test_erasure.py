"""However an account goes, what is left names no person, and evidence is left."""

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models.signals import post_delete
from django.test import Client
from django.urls import reverse

from starterkit_core.addresses import canonical_email
from starterkit_core.models import AuditEvent
from starterkit_core.ports import personal_data
from starterkit_core.services import audit
from starterkit_core.utils.client import Client as Caller
from tests.hosts.erasure.models import Acceptance, Company, Customer

ADDRESS = "203.0.113.77"
PROGRAM = "Shop of Ada/4.2"
REQUEST = "a-request-of-ada"
OURS = ("starterkit_", "erasure")


@pytest.fixture
def ada(person, published):
    """A person who used every part of the service, from an address of her own."""
    person.client.defaults |= {
        "REMOTE_ADDR": ADDRESS,
        "HTTP_USER_AGENT": PROGRAM,
        "HTTP_X_REQUEST_ID": REQUEST,
    }
    person.sign_up(accepted_terms=published["acceptances"])
    person.confirm()
    person.sign_in(platform="ios", device_name="Ada's phone")
    person.send("POST auth/v1/session/", {"email": person.email, "password": "wrong"})
    person.ask_for_reset()
    person.send("POST auth/v1/email/change/", {"email": f"new.{person.email}"})
    person.send("PATCH users/v1/me/", {"first_name": "Ada"})
    user = get_user_model().objects.get(email_key=canonical_email(person.email))
    user.company = Company.objects.create()
    user.save()
    return user


@pytest.fixture
def office(make_user):
    client = Client(REMOTE_ADDR="198.51.100.1")
    client.user = make_user(is_staff=True, is_superuser=True)
    client.force_login(client.user)
    return client


def by_instance(user, office):
    user.delete()


def by_queryset(user, office):
    get_user_model().objects.filter(pk=user.pk).delete()


def by_proxy(user, office):
    Customer.objects.get(pk=user.pk).delete()


def with_the_company(user, office):
    user.company.delete()


def with_many_companies(user, office):
    Company.objects.all().delete()


def by_the_page_of_the_admin(user, office):
    url = reverse("admin:erasure_user_delete", args=[user.pk])
    assert office.post(url, {"post": "yes"}).status_code == 302


def by_the_action_of_the_admin(user, office):
    body = {"action": "delete_selected", "_selected_action": [user.pk], "post": "yes"}
    assert (
        office.post(reverse("admin:erasure_user_changelist"), body).status_code == 302
    )


DELETIONS = [
    by_instance,
    by_queryset,
    by_proxy,
    with_the_company,
    with_many_companies,
    by_the_page_of_the_admin,
    by_the_action_of_the_admin,
]


def by_erasure(user, office):
    personal_data.erase(user)


def kept_of(*traces, but_not=()):
    """Return each column of ours and of the host that still has one of ``traces``."""
    return {
        f"{model._meta.label}.{name}"
        for model in apps.get_models()
        if model._meta.app_label.startswith(OURS)
        and model._meta.concrete_model not in but_not
        for row in model._base_manager.values()
        for name, value in row.items()
        if any(trace in str(value) for trace in traces)
    }


@pytest.mark.parametrize("go", [*DELETIONS, by_erasure])
def test_what_is_left_names_no_person(go, ada, office):
    who = (str(ada.pk), "ada@example.com", "203.0.113", PROGRAM, REQUEST, "Ada")
    assert {"AuditEvent", "Acceptance"} < {
        name.split(".")[1] for name in kept_of(str(ada.pk))
    }

    go(ada, office)

    account = [get_user_model()] if go is by_erasure else []
    assert kept_of(*who, but_not=account) == set()
    assert kept_of(*who[1:]) == set()


@pytest.mark.parametrize("go", [*DELETIONS, by_erasure])
def test_that_it_happened_is_kept_under_one_pseudonym(go, ada, office):
    events = AuditEvent.objects.filter(subject_id=str(ada.pk))
    before = sorted(events.values_list("action", flat=True))

    go(ada, office)

    acceptance = Acceptance.objects.get()
    assert acceptance.user is None
    assert len(acceptance.actor_id) == 64
    signed_in = AuditEvent.objects.filter(action="auth.signed_in")
    [subject] = {*signed_in.values_list("subject_id", flat=True)}
    kept = AuditEvent.objects.filter(subject_id=subject)
    assert sorted(kept.values_list("action", flat=True))[: len(before)] == before


def test_erasing_again_changes_no_row(ada):
    personal_data.erase(ada)
    kept = [*AuditEvent.objects.order_by("pk").values()]

    personal_data.erase(ada)

    assert [*AuditEvent.objects.order_by("pk").values()] == kept


def test_the_rows_of_another_person_stay(ada, make_user):
    other = make_user()
    audit.record("shop.met", actor=other, subject=other, client=Caller(address=ADDRESS))

    ada.delete()

    event = AuditEvent.objects.get(action="shop.met")
    assert (event.actor_id, event.address) == (str(other.pk), ADDRESS)


@pytest.mark.django_db(databases=["default", "archive"])
def test_an_account_is_forgotten_in_the_database_that_it_is_deleted_from(ada):
    for row in (ada.company, ada, Acceptance.objects.get().version.document):
        row.save(using="archive", force_insert=True)
    kept = Acceptance.objects.get()
    version = kept.version
    type(version)._base_manager.using("archive").bulk_create([version])
    Acceptance._base_manager.using("archive").bulk_create([kept])

    get_user_model().objects.using("archive").filter(pk=ada.pk).delete()

    assert Acceptance.objects.using("archive").get().address == ""
    assert Acceptance.objects.using("default").get().user == ada
    assert AuditEvent.objects.using("default").filter(actor_id=str(ada.pk)).exists()


def test_what_an_administrator_did_stays_theirs(ada, office):
    caller = Caller(address="198.51.100.1", user_agent="Office")
    audit.record("shop.helped", actor=office.user, subject=ada, client=caller)

    ada.delete()

    event = AuditEvent.objects.get(action="shop.helped")
    assert (event.actor_id, event.address) == (str(office.user.pk), "198.51.100.1")
    assert len(event.subject_id) == 64


def test_a_deletion_that_fails_forgets_no_line(ada):
    def fail(**kwargs):
        raise RuntimeError

    post_delete.connect(fail, sender=get_user_model())
    with pytest.raises(RuntimeError), transaction.atomic():
        ada.delete()
    post_delete.disconnect(fail, sender=get_user_model())

    assert AuditEvent.objects.filter(actor_id=str(ada.pk), address=ADDRESS).exists()


def test_the_export_has_what_the_audit_log_knows(ada, office):
    caller = Caller(address="198.51.100.1", user_agent="Office")
    audit.record("shop.helped", actor=office.user, subject=ada, client=caller)

    lines = {line["action"]: line for line in personal_data.export(ada)["audit"]}

    assert lines["auth.signed_in"]["address"] == ADDRESS
    assert lines["auth.signed_in"]["user_agent"] == PROGRAM
    assert lines["auth.signed_in"]["facts"]["method"] == "password"
    assert lines["auth.sign_in_refused"]["address"] == "203.0.113.0/24"
    assert lines["shop.helped"]["by_me"] is False
    assert lines["shop.helped"]["address"] == lines["shop.helped"]["user_agent"] == ""


def test_the_export_of_an_administrator_has_no_other_account(ada, office):
    audit.record(
        "shop.helped", actor=office.user, subject=ada, facts={"city": "London"}
    )

    [line] = personal_data.export(office.user)["audit"]

    assert line["by_me"]
    assert line["facts"] == {}
    assert str(ada.pk) not in str(line)


def test_closing_a_customer_by_its_proxy_ends_the_sessions(ada, person):
    customer = Customer.objects.get(pk=ada.pk)
    customer.is_active = False
    customer.save()

    customer.is_active = True
    customer.save()

    status = person.send("GET auth/v1/session/").status_code
    assert status == 401
