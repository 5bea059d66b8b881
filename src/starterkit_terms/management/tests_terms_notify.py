"""``terms_notify``: each user is told once, with a proof."""

from datetime import UTC, datetime
from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from starterkit_core.models import AuditEvent
from starterkit_core.ports import personal_data
from starterkit_terms import notice_media
from starterkit_terms.conftest import accepting
from starterkit_terms.errors import EvidenceFinal, NoticeNotDue
from starterkit_terms.models import NoticeDelivery
from starterkit_terms.services.recipients import address_of
from starterkit_terms.use_cases.start_notices import StartNotices, StartNoticesInput

SOON = datetime(2126, 3, 1, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def notify(version, *options):
    out = StringIO()
    name = f"{version.document.key}@{version.number}"
    call_command("terms_notify", name, *options, stdout=out)
    return dict(line.split(": ") for line in out.getvalue().splitlines())


@pytest.fixture
def version(make_document, make_version):
    """The second version of a document: announced, in force in a hundred years."""
    document = make_document()
    make_version(document, texts=("en", "pt-br"))
    made = make_version(
        document,
        texts=("en", "pt-br"),
        effective_at=SOON,
        change_summary="You may keep <more> notes.",
    )
    made.refresh_from_db()
    return made


@pytest.fixture
def people(make_user):
    """Three users who are reached by mail, whatever the user model."""
    found = [make_user() for _ in range(3)]
    if not all(map(address_of, found)):
        pytest.skip("This user model has no mail address.")
    return found


@pytest.fixture
def sent(mailoutbox, django_capture_on_commit_callbacks):
    """Tell, and return the mails of it."""

    def send(version, *options):
        before = len(mailoutbox)
        with django_capture_on_commit_callbacks(execute=True):
            notify(version, *options)
        return mailoutbox[before:]

    return send


@pytest.fixture
def speaking(people, settings, monkeypatch):
    """Let a user have chosen a language, whatever the user model."""
    settings.LANGUAGES = [("en", "English"), ("pt-br", "Português"), ("es", "Español")]
    chosen = {}
    monkeypatch.setattr(
        get_user_model(),
        "locale",
        property(lambda user: chosen.get(user.pk, ""), lambda user, given: None),
        raising=False,
    )
    return lambda user, language: chosen.update({user.pk: language})


def test_each_user_gets_one_mail_and_one_proof(version, people, sent, settings):
    settings.STARTERKIT_TERMS = {
        **getattr(settings, "STARTERKIT_TERMS", {}),
        "NOTICE_BATCH": 2,
        "NOTICE_URL": "https://example.com/{document}/{number}/{locale}",
    }

    mails = [*sent(version), *sent(version)]

    assert sorted(it.to[0] for it in mails) == sorted(map(address_of, people))
    link = f"https://example.com/{version.document.key}/2/en"
    bodies = [it.body for it in mails]
    assert all(link in it and "You may keep <more> notes." in it for it in bodies)
    assert all("March 1, 2126" in it for it in bodies)
    html = [it.alternatives[0].content for it in mails]
    assert all("&lt;more&gt;" in it and link in it for it in html)
    proofs = NoticeDelivery.objects.filter(version=version)
    text = version.texts.get(locale="en")
    assert {row.user for row in proofs} == {*people}
    assert {(row.medium, row.locale, row.content_hash) for row in proofs} == {
        ("mail", "en", text.content_hash)
    }


@pytest.mark.parametrize(
    ("language", "said"),
    [("pt-br", "entra em vigor"), ("es", "Entra en vigor")],
)
def test_a_user_reads_it_in_their_own_language(language, said, version, sent, speaking):
    people = [*get_user_model().objects.order_by("pk")]
    speaking(people[0], language)
    locale = "pt-br" if language == "pt-br" else "en"  # there is no Spanish text

    mails = {mail.to[0]: mail for mail in sent(version)}

    mine = mails[address_of(people[0])]
    assert f"Terms in {locale}" in mine.subject
    assert said in mine.body
    assert said in mine.alternatives[0].content
    assert NoticeDelivery.objects.get(user=people[0]).locale == locale
    assert "takes effect" in mails[address_of(people[1])].body


def test_a_dry_run_counts_and_tells_no_user(version, people, sent):
    people[0].is_active = False
    people[0].save()

    counts = notify(version, "--dry-run")

    assert (counts["told"], counts["inactive"]) == ("2", "1")
    assert not sent(version, "--dry-run")
    assert not NoticeDelivery.objects.exists()


def test_skips_and_counts_those_who_have_left_or_have_no_address(
    version, people, monkeypatch
):
    people[0].is_active = False
    people[0].save()
    monkeypatch.setattr(type(people[1]), "EMAIL_FIELD", "no_such_field")

    counts = notify(version)

    assert counts == {"told": "0", "inactive": "1", "unreachable": "2"}


def test_skips_those_who_have_accepted_it(
    make_document, make_version, people, client_of
):
    version = make_version(make_document())
    path = reverse("starterkit_terms:acceptances")
    body = {"acceptances": [accepting(version)]}
    assert client_of(people[0]).post(path, body).status_code == 201

    assert notify(version)["unconcerned"] == "1"


def is_of_none(user):
    return False


def test_skips_those_outside_the_audience(
    make_document, make_version, people, settings
):
    policies = {"none": f"{__name__}.is_of_none"}
    settings.STARTERKIT_TERMS = {"AUDIENCES": policies}
    version = make_version(make_document(audience="none"))

    assert notify(version) == {"told": "0", "unconcerned": "3"}


def test_of_a_consent_only_those_are_told_who_gave_it(
    make_document, make_version, people, client_of
):
    document = make_document(key="news", nature="consent", mandatory=False)
    first = make_version(document)
    path = reverse("starterkit_terms:consent", args=["news"])
    client_of(people[0]).put(path, accepting(first, state="given"))
    second = make_version(document)

    assert notify(second) == {"told": "1", "unconcerned": "2"}


@pytest.mark.parametrize("when", ["silent", "superseded", "hidden"])
def test_refuses_what_users_are_not_told_of(
    when, make_document, make_version, make_draft
):
    document = make_document()
    made = make_version(document)
    if when == "silent":
        made = make_version(document, change_class="silent")
    elif when == "superseded":
        make_version(document)
    else:
        made = make_version(document, announce_at=SOON, effective_at=SOON)

    with pytest.raises(CommandError, match="not told"):
        notify(made)
    with pytest.raises(NoticeNotDue):
        StartNotices.execute(StartNoticesInput(version_id=str(made.pk)))


def test_refuses_what_is_no_version(version):
    with pytest.raises(CommandError, match="KEY@N"):
        call_command("terms_notify", "terms")
    with pytest.raises(CommandError, match="no such"):
        call_command("terms_notify", "terms@99")


def test_a_task_tells_all_of_them(
    version, people, mailoutbox, settings, django_capture_on_commit_callbacks
):
    settings.STARTERKIT_TERMS = {
        **getattr(settings, "STARTERKIT_TERMS", {}),
        "NOTICE_BATCH": 2,
    }

    with django_capture_on_commit_callbacks(execute=True):
        StartNotices.execute(StartNoticesInput(version_id=str(version.pk)))

    assert NoticeDelivery.objects.count() == len(people)
    assert AuditEvent.objects.filter(action="terms.notices_started").count() == 1


def test_a_medium_of_the_project_comes_before_mail(version, people, sent):
    class Push:
        name = "push"
        told = []

        def reaches(self, user):
            return user == people[0]

        def tell(self, notice):
            self.told.append(notice.user)

    notice_media.register(Push())
    try:
        mails = sent(version)
    finally:
        notice_media.unregister("push")

    assert Push.told == [people[0]]
    assert len(mails) == 2
    assert NoticeDelivery.objects.get(user=people[0]).medium == "push"


def test_the_database_keeps_a_second_proof_out(version, people):
    notify(version)
    row = NoticeDelivery.objects.filter(user=people[0]).get()
    copy = NoticeDelivery(user=people[0], recipient_id="x", version=version)

    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save()
    for change in (
        row.save,
        row.delete,
        NoticeDelivery.objects.all().delete,
        lambda: NoticeDelivery.objects.update(medium="x"),
    ):
        with pytest.raises(EvidenceFinal):
            change()


def test_an_erasure_keeps_the_proof_without_the_user(version, people):
    notify(version)
    port = next(it for it in personal_data.providers() if it.name == "terms_notices")
    assert [row["medium"] for row in port.export(people[0])] == ["mail"]

    port.erase(people[0])

    row = NoticeDelivery.objects.get(user=None)
    assert row.recipient_id != str(people[0].pk)
    assert port.export(people[0]) == []


def test_a_closed_account_gets_no_mail_that_is_still_queued(
    version, people, mailoutbox, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks() as waiting:
        notify(version)
    type(people[0])._base_manager.update(is_active=False)

    for call in waiting:
        call()

    assert not mailoutbox


def test_a_run_that_broke_off_goes_on_and_tells_no_user_again(
    version, people, settings
):
    class Breaking:
        name = "breaking"
        told = []

        def reaches(self, user):
            return True

        def tell(self, notice):
            if len(self.told) == 1:
                self.told.append(None)
                raise RuntimeError("the worker was killed")
            self.told.append(notice.user)

    settings.STARTERKIT_TERMS = {
        **getattr(settings, "STARTERKIT_TERMS", {}),
        "NOTICE_BATCH": 1,
    }
    notice_media.register(Breaking())
    try:
        with pytest.raises(RuntimeError):
            notify(version)
        counts = notify(version)
    finally:
        notice_media.unregister("breaking")

    assert counts == {"told": "2", "told_before": "1"}
    told = [user for user in Breaking.told if user]
    assert sorted(told, key=lambda user: user.pk) == people


@pytest.mark.parametrize("status", ["deactivated", "deletion_scheduled", "erased"])
def test_skips_those_who_are_leaving(status, version, people, monkeypatch):
    leaver = people[0].pk
    monkeypatch.setattr(
        get_user_model(),
        "status",
        property(
            lambda user: status if user.pk == leaver else "active",
            lambda user, given: None,
        ),
        raising=False,
    )

    counts = notify(version)

    assert counts == {"told": "2", "inactive": "1"}
