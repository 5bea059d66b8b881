"""Documents for an audience: asked of the users whom its policy names, of no others."""

from http import HTTPStatus

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory, force_authenticate

from starterkit_core.http.endpoints import EndpointView
from starterkit_core.http.resources import resource
from starterkit_core.ports import account_sections, sign_up
from starterkit_core.utils.client import NO_CLIENT
from starterkit_terms.checks import check_audiences
from starterkit_terms.conftest import accepting
from starterkit_terms.errors import TermsAcceptanceRequired, TermsNotAccepted
from starterkit_terms.gate import TermsGate
from starterkit_terms.services import epochs, standing
from starterkit_terms.services.requirements import unmet

ACCEPT = reverse("starterkit_terms:acceptances")
PENDING = reverse("starterkit_terms:pending")
CONSENTS = reverse("starterkit_terms:consents")

pytestmark = pytest.mark.django_db


class Guarded(EndpointView):
    """An endpoint like any other."""

    def get(self, request):
        return Response({})


def visit(user):
    """Return the answer of a guarded endpoint to ``user``, loaded anew."""
    request = APIRequestFactory().get("/api/guarded/")
    force_authenticate(request, get_user_model()._base_manager.get(pk=user.pk))
    return resource(get=Guarded)(request).render()


def is_locked_out(user):
    return visit(user).status_code == HTTPStatus.FORBIDDEN


def is_new(user):
    """The policy of these tests, by a column that every user model has."""
    return user.last_login is None


def fails(user):
    raise LookupError("there is no such plan")


def be_new(user, *, new):
    user.last_login = None if new else timezone.now()
    user.save(update_fields=["last_login"])


@pytest.fixture(autouse=True)
def audiences(settings):
    settings.STARTERKIT_TERMS = {
        **getattr(settings, "STARTERKIT_TERMS", {}),
        "AUDIENCES": {
            "new": f"{__name__}.is_new",
            "broken": f"{__name__}.fails",
        },
    }


@pytest.fixture
def make_limited(make_document, make_version):
    """Publish a document for an audience."""

    def make(audience="new", **fields):
        return make_version(make_document(audience=audience, **fields))

    return make


def test_is_asked_of_its_audience_only(user, client_of, make_limited):
    make_limited(key="rules")

    be_new(user, new=True)
    inside = visit(user), client_of(user).get(PENDING).json()["results"]
    be_new(user, new=False)
    outside = visit(user), client_of(user).get(PENDING).json()["results"]

    assert inside[0].data["pending"][0]["document"] == "rules"
    assert [it["blocking"] for it in inside[1]] == [True]
    assert (outside[0].status_code, outside[1]) == (HTTPStatus.OK, [])


def test_gates_a_user_who_joins_the_audience_at_the_next_request(
    user, client_of, make_limited, make_version
):
    be_new(user, new=False)
    everybody, limited = make_version(), make_limited()
    client_of(user).post(ACCEPT, {"acceptances": [accepting(everybody)]})
    before = is_locked_out(user)

    be_new(user, new=True)
    joined = is_locked_out(user)
    client_of(user).post(ACCEPT, {"acceptances": [accepting(limited)]})
    accepted = is_locked_out(user)
    be_new(user, new=False)
    left = is_locked_out(user)
    be_new(user, new=True)

    assert (before, joined, accepted, left) == (False, True, False, False)
    assert not is_locked_out(user)


def test_gates_everybody_once_the_audience_is_lifted(user, make_limited):
    be_new(user, new=False)
    document = make_limited().document
    before = is_locked_out(user)

    document.audience = ""
    document.save()
    epochs.forget()

    assert (before, is_locked_out(user)) == (False, True)


def test_a_user_outside_costs_no_query_once_that_is_known(
    user, make_limited, steady, django_assert_num_queries
):
    be_new(user, new=False)
    make_limited()
    visit(user)
    fresh = get_user_model()._base_manager.get(pk=user.pk)
    if not standing.has_column():
        pytest.skip("The cache of these tests is asked, by no query either.")

    with django_assert_num_queries(0):
        refusal = TermsGate().refusal(fresh)

    assert refusal is None


@pytest.mark.parametrize("audience", ["broken", "gone"])
def test_a_policy_that_fails_or_is_gone_closes_the_gate_and_can_be_opened(
    user, client_of, make_limited, audience, caplog
):
    limited = make_limited(audience)

    refused = visit(user)
    accepted = client_of(user).post(ACCEPT, {"acceptances": [accepting(limited)]})

    assert refused.data["code"] == "terms_acceptance_required"
    assert accepted.status_code == HTTPStatus.CREATED
    assert not is_locked_out(user)
    assert f"The policy of the audience '{audience}' fails" in caplog.text


def test_refuses_to_accept_what_is_for_others(user, client_of, make_limited):
    be_new(user, new=False)
    version = make_limited()

    answer = client_of(user).post(ACCEPT, {"acceptances": [accepting(version)]})

    assert answer.status_code == HTTPStatus.CONFLICT
    assert answer.json()["code"] == "not_for_acceptance"


def test_asks_for_a_consent_of_its_audience_only_and_lets_others_withdraw(
    user, client_of, make_limited
):
    consent = {"nature": "consent", "mandatory": False}
    version = make_limited(key="beta-mails", **consent)
    make_limited(key="more-mails", **consent)
    url = reverse("starterkit_terms:consent", args=["beta-mails"])
    caller = client_of(user)
    be_new(user, new=True)
    caller.put(url, {"state": "given", **accepting(version)})

    be_new(user, new=False)
    listed = [it["document"] for it in caller.get(CONSENTS).json()["results"]]
    given = caller.put(url, {"state": "given", **accepting(version)})
    withdrawn = caller.put(url, {"state": "withdrawn"})

    assert listed == ["beta-mails"]
    assert given.json()["code"] == "consent_not_found"
    assert withdrawn.json()["state"] == "withdrawn"


def test_the_account_counts_what_is_for_the_user(user, make_limited, make_version):
    make_version()
    make_limited()
    section = account_sections.sections()["terms"]

    be_new(user, new=True)
    inside = section.read(user)
    be_new(user, new=False)

    assert (inside, section.read(user)) == ({"pending": 2}, {"pending": 1})


def test_a_view_asks_its_audience_only(user, make_limited):
    make_limited(key="rules")

    be_new(user, new=True)
    inside = unmet(user, ["rules"], timezone.now())
    be_new(user, new=False)

    assert isinstance(inside, TermsAcceptanceRequired)
    assert unmet(user, ["rules"], timezone.now()) is None


def test_a_sign_up_needs_what_is_for_everybody(user, make_limited, make_version):
    be_new(user, new=False)
    general, limited = make_version(), make_limited()

    with pytest.raises(TermsNotAccepted) as refusal:
        sign_up.validate({})
    both = [{**accepting(it), "version": it.pk} for it in (general, limited)]
    sign_up.validate({"accepted_terms": both[:1]})
    sign_up.commit(user, {"accepted_terms": both}, NO_CLIENT)

    [asked] = refusal.value.facts["pending"]
    assert asked["version"] == str(general.pk)
    assert [it.version_id for it in user.terms_acceptances.all()] == [general.pk]


def test_refuses_a_document_for_an_unknown_audience(make_document):
    document = make_document(audience="managers")

    with pytest.raises(ValidationError) as refusal:
        document.full_clean()

    assert {*refusal.value.error_dict} == {"audience"}


def test_finds_a_policy_that_cannot_be_called(settings):
    settings.STARTERKIT_TERMS = {
        "AUDIENCES": {
            "new": f"{__name__}.is_new",
            "lost": "shop.terms.is_lost",
            "data": f"{__name__}.ACCEPT",
        }
    }

    found = check_audiences()

    assert [it.id for it in found] == ["starterkit_terms.E004"] * 2
    assert "'lost'" in found[0].msg
