"""Accepting at sign-up, asked as a sign-up asks it."""

from uuid import uuid4

import pytest
from rest_framework import serializers

from starterkit_core.models import AuditEvent
from starterkit_core.ports import sign_up
from starterkit_core.signals import terms_accepted
from starterkit_core.utils.client import Client
from starterkit_terms.conftest import accepting
from starterkit_terms.errors import (
    DocumentChanged,
    NotForAcceptance,
    TermsNotAccepted,
    VersionNotFound,
)
from starterkit_terms.models import acceptance_model
from starterkit_terms.sign_up import FIELD

CLIENT = Client(address="203.0.113.77", user_agent="tests/1", platform="ios")

pytestmark = pytest.mark.django_db


class SignUpRequest(serializers.Serializer):
    """The body of a sign-up: only the fields of requirements."""

    def get_fields(self):
        (requirement,) = [r for r in sign_up.requirements() if r.name == FIELD]
        return {**requirement.fields()}


def given(*claims):
    """Return the validated fields of a body with these claims."""
    return SignUpRequest().run_validation({FIELD: [*claims]})


def test_saves_what_was_accepted(user, make_version, received):
    signals = received(terms_accepted)
    version = make_version()
    accepted = given(accepting(version))

    sign_up.validate(accepted)
    sign_up.commit(user, accepted, CLIENT)

    row = acceptance_model().objects.get()
    assert (row.user, row.version, row.method) == (user, version, "sign_up")
    assert (row.address, row.user_agent, row.platform) == (
        "203.0.113.0/24",
        "tests/1",
        "ios",
    )
    assert AuditEvent.objects.filter(action="terms.accepted").count() == 1
    assert signals == []  # the sign-up is not committed


def test_every_mandatory_document_must_be_accepted(make_document, make_version):
    one, two = make_version(), make_version(make_document(key="rules"))
    make_version(make_document(mandatory=False))

    with pytest.raises(TermsNotAccepted) as refused:
        sign_up.validate(given(accepting(one)))

    (pending,) = refused.value.facts["pending"]
    assert pending["document"] == "rules"
    assert (pending["version"], pending["content_hash"]) == (
        str(two.pk),
        accepting(two)["content_hash"],
    )


@pytest.mark.parametrize("body", [{}, {FIELD: []}])
def test_may_be_left_out_when_no_document_is_mandatory(
    user, body, make_document, make_version
):
    make_version(make_document(mandatory=False))
    nothing = SignUpRequest().run_validation(body)

    sign_up.validate(nothing)
    sign_up.commit(user, nothing, CLIENT)

    assert not acceptance_model().objects.exists()


@pytest.mark.parametrize("body", [{}, {FIELD: []}])
def test_may_not_be_left_out_when_a_document_is_mandatory(body, make_version):
    make_version()

    with pytest.raises(TermsNotAccepted):
        sign_up.validate(SignUpRequest().run_validation(body))


def test_a_project_may_ask_later(user, make_version, settings):
    settings.STARTERKIT_TERMS = {"REQUIRED_AT_SIGN_UP": False}
    version = make_version()

    sign_up.validate({})
    sign_up.commit(user, given(accepting(version)), CLIENT)

    assert acceptance_model().objects.get().version == version


def test_accepted_versions_must_be_in_force(make_document, make_version, make_draft):
    old = make_version()
    make_version(old.document)
    notice = make_version(make_document(nature="notice", mandatory=False))
    consent = make_version(make_document(nature="consent", mandatory=False))
    unknown = {"version": str(uuid4()), "content_hash": "0" * 64}

    for sent, refusal in (
        (accepting(old), DocumentChanged),
        (accepting(notice, content_hash="0" * 64), DocumentChanged),
        (accepting(consent), NotForAcceptance),
        (unknown, VersionNotFound),
    ):
        with pytest.raises(refusal):
            sign_up.validate(given(sent))


@pytest.mark.parametrize(
    "claims", [None, {}, "text", [1], [{}], [{"version": "x"}], [{}] * 21]
)
def test_refuses_a_malformed_list(claims):
    with pytest.raises(serializers.ValidationError):
        SignUpRequest().run_validation({FIELD: claims})


def test_what_was_superseded_before_the_proof_is_left_out(user, make_version):
    """The account is made up to a day after the sign-up; then the gate asks."""
    kept, former = make_version(), make_version()
    accepted = given(accepting(kept), accepting(former))
    make_version(document=former.document)

    sign_up.commit(user, accepted, CLIENT)

    mine = acceptance_model().objects.get(user=user)
    assert mine.version == kept
