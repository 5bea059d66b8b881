"""The administration: drafts are made and published; published ones are read-only."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from starterkit_core.admin import added_fields
from starterkit_terms.conftest import accepting
from starterkit_terms.models import (
    AbstractDocument,
    AbstractVersion,
    VersionText,
    acceptance_model,
    document_model,
    version_model,
)

pytestmark = pytest.mark.django_db

Acceptance, Version = acceptance_model(), version_model()

OF_A_HOST = dict.fromkeys(
    (
        *added_fields(document_model(), AbstractDocument),
        *added_fields(Version, AbstractVersion),
    ),
    "7",
)
"""What a form needs for the columns that a host added to swapped models."""


def url(name, *args):
    model, _, page = name.partition("_")
    models = {m._meta.model_name: m for m in (Acceptance, Version, document_model())}
    names = f"{models[model]._meta.app_label}_{model}_{page}"
    return reverse(f"admin:{names}", args=args)


@pytest.fixture
def office(make_user):
    client = Client()
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client


def draft_form(document, **changes):
    return {
        "document": str(document.pk),
        "label": "2026-11",
        "change_summary": "",
        "change_class": "active",
        "authoritative_locale": "",
        "announce_at_0": "",
        "announce_at_1": "",
        "effective_at_0": "",
        "effective_at_1": "",
        "enforce_at_0": "",
        "enforce_at_1": "",
        "texts-TOTAL_FORMS": "1",
        "texts-INITIAL_FORMS": "0",
        "texts-0-locale": "en",
        "texts-0-title": "Terms",
        "texts-0-source": "# Terms",
        **OF_A_HOST,
        **changes,
    }


def publish(client, *versions, action="publish"):
    return client.post(
        url("version_changelist"),
        {"action": action, "_selected_action": [str(v.pk) for v in versions]},
        follow=True,
    )


def test_drafts_get_the_next_number_and_are_published(office, make_document):
    document = make_document()
    for label in ("2026-11", "2026-12"):
        form = draft_form(document, label=label)
        response = office.post(url("version_add"), form)
        assert response.status_code == 302, response.context["errors"]
    first, second = Version.objects.order_by("number")

    page = publish(office, first, second)

    assert [first.number, second.number] == [1, 2]
    assert page.content.decode().count("Published:") == 2
    assert Version.objects.published().count() == 2
    assert second.texts.get().content_hash


def test_a_new_version_begins_with_the_texts_of_another(office, make_version):
    version = make_version(texts=("en", "pt-br"), authoritative_locale="en")

    page = publish(office, version, action="draft")

    assert "Drafted:" in page.content.decode()
    draft = Version.objects.get(published_at=None)
    assert (draft.number, draft.authoritative_locale) == (2, "en")
    sources = [[it.source for it in row.texts.all()] for row in (version, draft)]
    assert sources[0] == sources[1]
    assert {text.content_hash for text in draft.texts.all()} == {""}


def test_a_scheduled_version_is_cancelled(office, make_draft):
    soon = timezone.now() + timedelta(days=1)
    draft = make_draft(announce_at=soon, effective_at=soon)
    publish(office, draft)
    assert Version.objects.published().exists()

    page = publish(office, draft, action="cancel")
    again = publish(office, draft, action="cancel")

    assert "Cancelled:" in page.content.decode()
    assert "It is not scheduled" in again.content.decode()
    assert not Version.objects.published().exists()


def test_the_page_of_a_new_version_can_be_opened(office):
    assert office.get(url("version_add")).status_code == 200


def test_keeps_who_wrote_a_draft_from_publishing_it(
    office, make_user, make_document, settings
):
    settings.STARTERKIT_TERMS = {"FOUR_EYES": True}
    office.post(url("version_add"), draft_form(make_document()))
    draft = Version.objects.get()

    publish(office, draft)
    assert not Version.objects.published().exists()

    other = Client()
    other.force_login(make_user(is_staff=True, is_superuser=True))
    publish(other, draft)
    assert Version.objects.published().exists()


def test_a_version_drafted_from_a_draft_has_its_authors(
    office, make_draft, make_user, settings
):
    settings.STARTERKIT_TERMS = {"FOUR_EYES": True}
    author, user = Client(), make_user(is_staff=True, is_superuser=True)
    author.force_login(user)
    source = make_draft(authors=[str(user.pk)])
    publish(author, source, action="draft")
    copy = Version.objects.exclude(pk=source.pk).get()

    publish(author, copy)
    assert not Version.objects.published().exists()

    publish(office, copy)
    assert Version.objects.published().get() == copy
    publish(author, copy, action="draft")
    assert Version.objects.get(number=3).authors == []


def test_shows_why_a_version_cannot_be_published(office, make_draft):
    page = publish(office, make_draft(texts=()))

    assert "Add a text to this version first." in page.content.decode()


def test_shows_that_a_version_changes_nothing(office, make_version, make_draft):
    former = make_version(label="2026-11")
    draft = make_draft(former.document, label="2026-11", texts=())
    [text] = former.texts.all()
    fields = {"locale": text.locale, "title": text.title, "source": text.source}
    VersionText.objects.create(version=draft, **fields)

    page = publish(office, draft)

    assert "nothing changed" in page.content.decode()
    assert Version.objects.published().get() == former


def test_a_published_version_can_only_be_read(office, make_version):
    version = make_version()

    page = office.get(url("version_change", version.pk))
    changed = office.post(
        url("version_change", version.pk), draft_form(version.document)
    )
    deleted = office.post(url("version_delete", version.pk), {"post": "yes"})
    office.post(
        url("version_changelist"),
        {
            "action": "delete_selected",
            "_selected_action": [str(version.pk)],
            "post": "yes",
        },
    )

    assert page.status_code == 200
    assert 'name="label"' not in page.content.decode()
    assert changed.status_code == deleted.status_code == 403
    assert Version.objects.get().label == "v1"
    assert version.texts.count() == 1


def test_drafts_can_be_changed_and_deleted(office, make_draft):
    draft = make_draft(texts=())

    office.post(url("version_change", draft.pk), draft_form(draft.document))
    assert Version.objects.get().label == "2026-11"
    assert draft.texts.count() == 1

    office.post(url("version_delete", draft.pk), {"post": "yes"})
    assert not Version.objects.exists()


def test_publishing_needs_its_permission(make_user, make_draft):
    editor = make_user(is_staff=True)
    names = ["view_version", "change_version"]
    editor.user_permissions.set(Permission.objects.filter(codename__in=names))
    client, draft = Client(), make_draft()
    client.force_login(editor)

    publish(client, draft)
    assert not Version.objects.published().exists()

    editor.user_permissions.add(Permission.objects.get(codename="publish_version"))
    publish(client, draft)
    assert Version.objects.published().exists()


def test_a_published_document_keeps_key_and_nature(office, make_document, make_version):
    document, published = make_document(), make_version().document
    form = {"title": "Other", "key": "other", "nature": "attestation", "position": "1"}
    form |= OF_A_HOST

    for row in (document, published):
        response = office.post(url("document_change", row.pk), form)
        assert response.status_code == 302, response.context["errors"]

    document.refresh_from_db()
    published.refresh_from_db()
    assert (document.title, document.key) == ("Other", "other")
    assert (published.title, published.nature) == ("Other", "contract")
    assert published.key != "other"


def test_shows_that_only_a_contract_can_be_mandatory(office):
    form = {"title": "X", "key": "x", "nature": "notice", "position": "0"} | OF_A_HOST

    page = office.post(url("document_add"), form | {"mandatory": "on"})

    assert "Only a contract can be mandatory." in page.content.decode()


def addressed(user):
    """Return the address of the user, or the id if accounts have no address."""
    return getattr(user, user.get_email_field_name(), str(user.pk))


def test_acceptances_can_only_be_read(office, user, make_version, client_of):
    body = {"acceptances": [accepting(make_version())]}
    client_of(user).post(reverse("starterkit_terms:acceptances"), body)
    row = Acceptance.objects.get()

    listed = office.get(url("acceptance_changelist"), {"q": addressed(user).upper()})
    assert [*listed.context["cl"].result_list] == [row]
    listed = office.get(url("acceptance_changelist"), {"q": "nobody@example.com"})
    assert [*listed.context["cl"].result_list] == []
    assert office.get(url("acceptance_change", row.pk)).status_code == 200
    assert office.get(url("acceptance_add")).status_code == 403
    assert office.post(url("acceptance_change", row.pk), {}).status_code == 403
    assert office.post(url("acceptance_delete", row.pk), {}).status_code == 403
