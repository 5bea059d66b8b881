"""The pages about one version: preview, changes, publication, drafts, statistics."""

import re
from datetime import timedelta
from types import ModuleType

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import path, reverse
from django.utils import timezone

from starterkit_core.models import AuditEvent
from starterkit_terms.admin import VersionAdmin
from starterkit_terms.conftest import accepting
from starterkit_terms.models import (
    ConsentState,
    VersionText,
    acceptance_model,
    version_model,
)
from starterkit_terms.services import statistics

pytestmark = pytest.mark.django_db

Version = version_model()
DAY = timedelta(days=1)
SHOWN = ("preview", "comparison", "publication", "statistics")
EVERY = (*SHOWN, "draft")
NO_DATES = {"announce_at": "", "effective_at": "", "enforce_at": ""}

each_page = pytest.mark.parametrize("name", EVERY)


def url(name, key):
    meta = Version._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{name}", args=[key])


@pytest.fixture
def member(make_user):
    """Return a browser in which a member of the staff with these rights signed in."""

    def make(*rights):
        person = make_user(is_staff=True)
        found = Permission.objects.filter(
            content_type__app_label=Version._meta.app_label, codename__in=rights
        )
        person.user_permissions.set(found)
        browser = Client(enforce_csrf_checks=False)
        browser.force_login(person)
        browser.person = person
        return browser

    return make


@pytest.fixture
def office(make_user):
    browser = Client()
    browser.person = make_user(is_staff=True, is_superuser=True)
    browser.force_login(browser.person)
    return browser


def text_of(answer):
    assert answer.status_code == 200
    return answer.content.decode()


def act(browser, version, button="publish", **form):
    given = {"change_class": "active", **NO_DATES, **form, button: "1"}
    return browser.post(url("publication", version.pk), given, follow=True)


def local(moment):
    moment = timezone.localtime(moment) if timezone.is_aware(moment) else moment
    return f"{moment:%Y-%m-%dT%H:%M:%S}"


def write(version, locale, source, **fields):
    given = {"version": version, "locale": locale, "title": "T", "source": source}
    return VersionText.objects.create(**given | fields)


# --- Preview


def test_previews_a_draft_in_the_language_that_is_asked_for(office, make_draft):
    draft = make_draft(texts=())
    write(draft, "en", "# New\n\n<script>x</script>")
    write(draft, "pt-br", "# Novo", checkbox="Li e aceito.")

    english = text_of(office.get(url("preview", draft.pk)))
    portuguese = text_of(office.get(url("preview", draft.pk), {"locale": "pt-br"}))

    assert "<h1>New</h1>" in english
    assert "<script>x" not in english
    assert "<h1>Novo</h1>" in portuguese
    assert 'lang="pt-br"' in portuguese
    assert "Li e aceito." in portuguese


def test_previews_the_frozen_text_of_a_published_version(office, make_version):
    version = make_version()
    rows = VersionText._base_manager.filter(version=version.pk)
    rows.update(html="<p>As it was frozen</p>")

    page = text_of(office.get(url("preview", version.pk)))

    assert "<p>As it was frozen</p>" in page
    assert version.texts.get().content_hash in page


def test_shows_the_languages_that_are_missing(office, make_draft, settings):
    settings.STARTERKIT_TERMS = {"REQUIRED_LOCALES": ["de"]}
    draft = make_draft(authoritative_locale="pt-br")

    for name in ("preview", "publication"):
        page = text_of(office.get(url(name, draft.pk)))
        assert "These languages are missing: de, pt-br" in page


@pytest.mark.parametrize("name", SHOWN)
def test_a_version_without_texts_has_its_pages(office, make_draft, name):
    assert text_of(office.get(url(name, make_draft(texts=()).pk)))


# --- Changes


def test_shows_both_texts_side_by_side(office, make_draft, make_version):
    former = make_version()
    stays, _, goes = former.texts.get().source.partition("\n\n")
    draft = make_draft(former.document, texts=(), change_summary="A new <address>.")
    write(draft, "en", f"{stays}\n\nAnother <b>paragraph</b>.")

    page = text_of(office.get(url("comparison", draft.pk)))

    assert f"<del><p>{goes}</p></del>" in page
    assert "<ins><p>Another &lt;b&gt;paragraph&lt;/b&gt;.</p></ins>" in page
    assert page.count(f"<p>{stays}</p>") == 2
    assert "A new &lt;address&gt;." in page
    assert "Terms in en" in page


def test_a_language_that_came_or_went_is_all_new_or_all_gone(
    office, make_draft, make_version
):
    former = make_version(texts=("en", "fr"))
    draft = make_draft(former.document, texts=("en",))
    write(draft, "de", "# Neu")

    came = text_of(office.get(url("comparison", draft.pk), {"locale": "de"}))
    went = text_of(office.get(url("comparison", draft.pk), {"locale": "fr"}))

    assert "<ins><p># Neu</p></ins>" in came
    assert "<del><p># Terms</p></del>" in went


def test_folds_what_stayed_far_from_a_change(office, make_draft, make_version):
    source = "\n\n".join(f"Paragraph {number}." for number in range(20))
    first = make_draft(texts=())
    write(first, "en", source)
    act(office, first)
    draft = make_draft(first.document, texts=())
    write(draft, "en", f"{source}\n\nOne more.")

    page = text_of(office.get(url("comparison", draft.pk)))

    assert "16 paragraphs that stayed" in page
    assert "<ins><p>One more.</p></ins>" in page


def test_a_first_version_has_no_changes(office, make_draft):
    page = text_of(office.get(url("comparison", make_draft().pk)))

    assert "No version was published before this one." in page


# --- Publication


def test_publishes_at_once(office, make_draft):
    draft = make_draft()
    asked = text_of(office.get(url("publication", draft.pk)))

    page = text_of(act(office, draft))

    assert "it can be published" in asked
    assert "Published." in page
    assert Version.objects.get().state == Version.State.PUBLISHED
    event = AuditEvent.objects.get(action="terms.version_published")
    assert event.actor_id == str(office.person.pk)


def test_opening_or_checking_changes_no_row(office, make_draft, received):
    draft = make_draft()

    office.get(url("publication", draft.pk))
    page = text_of(act(office, draft, "check"))

    assert "it can be published" in page
    assert not Version.objects.published().exists()
    assert not AuditEvent.objects.filter(action="terms.version_published").exists()
    assert Version.objects.get().texts.get().content_hash == ""


def test_schedules_and_cancels(office, make_draft):
    draft, ahead = make_draft(), timezone.now() + 3 * DAY
    dates = {"announce_at": local(ahead), "effective_at": local(ahead + DAY)}

    scheduled = text_of(act(office, draft, **dates))
    assert "Cancel the publication" in scheduled
    assert Version.objects.get().state == Version.State.SCHEDULED

    cancelled = text_of(act(office, draft, "cancel"))
    assert "It is a draft again." in cancelled
    assert Version.objects.get().state == Version.State.DRAFT


def test_what_is_announced_cannot_be_cancelled(office, make_draft):
    draft = make_draft()
    act(office, draft, effective_at=local(timezone.now() + DAY))

    page = text_of(office.get(url("publication", draft.pk)))
    refused = text_of(act(office, draft, "cancel"))

    assert "Cancel the publication" not in page
    assert "It is not scheduled, or it has been announced" in refused
    assert Version.objects.published().exists()


def test_a_date_that_was_emptied_is_not_that_of_the_draft(office, make_draft):
    draft = make_draft(
        effective_at=timezone.now() + DAY, enforce_at=timezone.now() + 2 * DAY
    )

    act(office, draft)

    version = Version.objects.get()
    assert version.state == Version.State.PUBLISHED
    assert version.enforce_at is None


def test_the_form_begins_with_the_dates_of_the_draft(office, make_draft):
    ahead = timezone.now().replace(microsecond=0) + DAY
    draft = make_draft(effective_at=ahead, change_class="inform")

    page = office.get(url("publication", draft.pk))

    assert f'value="{local(ahead)}"' in text_of(page)
    assert page.context["outcome"].state == Version.State.SCHEDULED
    # It is a first version, which is always accepted actively.
    assert page.context["outcome"].change_class == "active"


def test_says_before_the_click_what_is_refused_and_why(
    office, make_draft, make_version, settings
):
    settings.STARTERKIT_TERMS = {"NOTICE_PERIOD": 30 * DAY}
    draft = make_draft(make_version().document)

    page = text_of(office.get(url("publication", draft.pk)))
    refused = text_of(act(office, draft))

    for shown in (page, refused):
        assert "There must be more time" in shown
        assert "Possible from: 2" in shown
    assert "a notice of 30 days" in page
    assert Version.objects.published().count() == 1


def test_an_author_is_told_that_another_user_must_publish(
    make_draft, member, office, settings
):
    settings.STARTERKIT_TERMS = {"FOUR_EYES": True}
    author = member("view_version", "publish_version")
    draft = make_draft(authors=[str(author.person.pk)])

    page = text_of(author.get(url("publication", draft.pk)))
    act(author, draft)
    assert "Another user must publish this version" in page
    assert not Version.objects.published().exists()

    act(office, draft)
    assert Version.objects.published().exists()


@pytest.mark.parametrize(
    "form",
    [
        {"effective_at": "never"},
        {"effective_at": "\0"},
        {"effective_at": "9999-12-31T23:59:59"},
        {"effective_at": "0001-01-01T00:00:00"},
        {"change_class": "\0"},
        {"change_class": "loud"},
        {"enforce_at": "x" * 5_000},
        {"announce_at": "2026-13-45T99:99"},
    ],
)
def test_odd_values_are_no_error(office, make_draft, form):
    draft = make_draft()

    assert act(office, draft, "check", **form).status_code == 200


# --- Drafts


def test_a_new_version_is_drafted_from_this_one(office, make_version):
    version = make_version(texts=("en", "pt-br"))

    page = office.post(url("draft", version.pk), follow=True)

    draft = Version.objects.get(published_at=None)
    assert page.redirect_chain[-1][0] == url("change", draft.pk)
    assert "This is a new draft." in text_of(page)
    assert {text.locale for text in draft.texts.all()} == {"en", "pt-br"}


def test_a_link_drafts_no_version(office, make_version):
    answer = office.get(url("draft", make_version().pk))

    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert Version.objects.count() == 1


# --- Statistics


@pytest.fixture
def decide(make_user):
    """Record the last act of a user about a version, after a time."""

    def make(version, action, after=timedelta(), number=None):
        number = version.number if number is None else number
        stands = action in acceptance_model().STANDING
        return ConsentState.objects.create(
            user=make_user(),
            document=version.document,
            action=action,
            number=number,
            accepted_number=number if stands else 0,
            sequence=1,
            event_id=version.pk,
            happened_at=version.effective_at + after,
        )

    return make


def test_counts_who_accepted_refused_and_did_neither(
    office, make_version, make_user, decide
):
    version = make_version(at=timezone.now() - 4 * DAY)
    for days in (1, 2, 3):
        decide(version, "accepted", days * DAY)
    decide(version, "refused", DAY)
    decide(version, "accepted", number=0)
    make_user()

    page = office.get(url("statistics", version.pk))

    numbers = page.context["numbers"]
    assert (numbers.agreed, numbers.declined, numbers.pending) == (3, 1, 3)
    assert numbers.median == 2 * DAY
    assert [day.agreed for day in numbers.days[-5:]] == [0, 1, 1, 1, 0]
    assert sum(day.declined for day in numbers.days) == 1
    assert text_of(page).count("<rect") == 2 * len(numbers.days)


def test_the_median_of_two_lies_between_them(office, make_version, decide):
    version = make_version()
    for hours in (1, 4):
        decide(version, "accepted", timedelta(hours=hours))

    page = office.get(url("statistics", version.pk))

    assert page.context["numbers"].median == timedelta(hours=2.5)
    assert "2 h 30 min" in text_of(page)


def test_only_what_asks_users_now_is_pending(office, make_document, make_version):
    optional = make_version(make_document(mandatory=False))
    former = make_version()
    later = make_version(former.document)

    pending = [
        office.get(url("statistics", version.pk)).context["numbers"].pending
        for version in (optional, former, later)
    ]

    assert pending == [None, None, 1]


def test_how_many_of_an_audience_are_pending_is_not_known(
    office, make_document, make_version, settings
):
    settings.STARTERKIT_TERMS = {"AUDIENCES": {"staff": "builtins.bool"}}
    version = make_version(make_document(audience="staff"))

    page = office.get(url("statistics", version.pk))

    assert page.context["numbers"].pending is None


def test_more_rows_than_the_limit_are_not_counted(
    office, make_version, decide, monkeypatch
):
    version = make_version()
    for _ in range(3):
        decide(version, "accepted")
    monkeypatch.setattr(statistics, "MOST", 2)

    numbers = office.get(url("statistics", version.pk)).context["numbers"]

    assert numbers.agreed == 2


def test_of_more_users_than_the_limit_at_least_so_many_are_pending(
    office, make_version, make_user, decide, monkeypatch
):
    version = make_version()
    decide(version, "accepted")
    [make_user() for _ in range(3)]
    monkeypatch.setattr(statistics, "MOST", 3)

    page = office.get(url("statistics", version.pk))

    assert page.context["numbers"].pending == 2
    assert "<dd>2+</dd>" in text_of(page)


def test_leads_to_who_accepted(office, member, user, make_version, client_of):
    version, other = make_version(), make_version()
    for accepted in (version, other):
        body = {"acceptances": [accepting(accepted)]}
        client_of(user).post(reverse("starterkit_terms:acceptances"), body)

    link = office.get(url("statistics", version.pk)).context["acceptances_url"]
    listed = office.get(link).context["cl"].result_list
    hidden = member("view_version").get(url("statistics", version.pk))

    assert [row.version_id for row in listed] == [version.pk]
    assert hidden.context["acceptances_url"] == ""


def test_takes_the_same_queries_for_any_number_of_users(
    office, make_version, decide, django_assert_max_num_queries
):
    version = make_version()
    for _ in range(20):
        decide(version, "accepted")

    with django_assert_max_num_queries(13):
        office.get(url("statistics", version.pk))


@pytest.fixture
def long_draft(make_version, make_draft):
    """A draft in many languages, which has a version before it."""
    locales = ("de", "en", "es", "fr", "it", "nl", "pl", "pt-br")
    return make_draft(make_version(texts=locales).document, texts=locales)


@pytest.mark.parametrize(
    ("name", "most"),
    [("preview", 7), ("comparison", 8), ("change", 9), ("publication", 24)],
)
def test_takes_the_same_queries_for_any_number_of_texts(
    office, long_draft, name, most, django_assert_max_num_queries
):
    with django_assert_max_num_queries(most):
        office.get(url(name, long_draft.pk))


# --- Who may, and what is no version


@each_page
def test_visitors_and_users_sign_in_first(make_user, make_draft, name):
    person = Client()
    person.force_login(make_user())
    path = url(name, make_draft().pk)

    for browser in (Client(), person):
        answer = browser.get(path)
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("admin:login"))


@pytest.mark.parametrize(
    ("name", "rights"),
    [
        ("preview", ()),
        ("comparison", ()),
        ("statistics", ()),
        ("publication", ("view_version", "change_version", "add_version")),
        ("publication", ("publish_version",)),
        ("draft", ("view_version", "change_version", "publish_version")),
        ("draft", ("add_version",)),
    ],
)
def test_refuses_staff_without_the_permission(member, make_draft, name, rights):
    browser, draft = member(*rights), make_draft()

    shown = browser.get(url(name, draft.pk))
    sent = browser.post(url(name, draft.pk), {"publish": "1"})
    absent = browser.get(url(name, "no-such-id"))

    assert [it.status_code for it in (shown, sent, absent)] == [403] * 3
    assert Version.objects.count() == 1
    assert not Version.objects.published().exists()


def test_shows_the_buttons_that_the_user_may_press(member, make_draft):
    draft = make_draft()
    reader, publisher = (
        member("view_version"),
        member("view_version", "publish_version"),
    )

    pages = [
        text_of(browser.get(url("change", draft.pk))) for browser in (reader, publisher)
    ]

    assert [url("preview", draft.pk) in page for page in pages] == [True, True]
    assert [url("publication", draft.pk) in page for page in pages] == [False, True]
    assert [url("draft", draft.pk) in page for page in pages] == [False, False]


@each_page
@pytest.mark.parametrize("key", ["x", "0", "a/b", "%00", "\ufffd", "9" * 3_000])
def test_what_is_no_id_is_not_found(office, name, key):
    path = url(name, "KEY").replace("KEY", key)

    assert office.get(path).status_code == 404
    assert office.post(path).status_code == 404


@pytest.mark.parametrize("name", ["preview", "comparison"])
@pytest.mark.parametrize("locale", ["xx", "\0", "en\n", "<script>", "é" * 900])
def test_an_unknown_language_shows_the_first_one(
    office, make_version, make_draft, name, locale
):
    draft = make_draft(make_version().document)

    page = office.get(url(name, draft.pk), {"locale": locale})

    assert page.context["locale"] == "en"
    assert "<script>x" not in text_of(page)


@pytest.mark.parametrize("name", ["draft", "publication"])
def test_another_site_cannot_press_a_button(office, make_draft, name):
    browser, draft = Client(enforce_csrf_checks=True), make_draft()
    browser.force_login(office.person)

    answer = browser.post(url(name, draft.pk), {"publish": "1"} | NO_DATES)

    assert answer.status_code == 403
    assert Version.objects.get() == draft


@each_page
def test_other_methods_are_refused(office, make_draft, name):
    assert office.put(url(name, make_draft().pk)).status_code == 405


@pytest.mark.parametrize("name", [*SHOWN, "change"])
def test_no_page_has_a_script_or_style_of_its_own(
    office, make_version, make_draft, name
):
    draft = make_draft(make_version().document)

    page = text_of(office.get(url(name, draft.pk)))

    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", page)
    assert not re.search(
        r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json)", page
    )
    assert "starterkit_terms/admin.css" in page


def test_pages_lead_to_the_site_that_they_are_registered_on(
    office, make_draft, settings
):
    site = admin.AdminSite(name="office")
    site.register(Version, VersionAdmin)
    urls = ModuleType("urls_of_the_office")
    urls.urlpatterns = [path("admin/", admin.site.urls), path("office/", site.urls)]
    settings.ROOT_URLCONF = urls
    draft = make_draft()

    for name in SHOWN:
        shown = text_of(office.get(url(name, draft.pk).replace("/admin/", "/office/")))
        assert "/office/" in shown
        assert 'href="/admin/' not in shown


def test_speaks_the_language_of_the_user(office, make_draft, settings):
    settings.LANGUAGE_CODE = "pt-br"
    headers = {"accept-language": "pt-br"}

    page = office.get(url("publication", make_draft().pk), headers=headers)

    assert "Publicar" in text_of(page)
