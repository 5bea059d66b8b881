"""Documents: their nature, and what cannot change once one is published."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from starterkit_terms.errors import DocumentLocked
from starterkit_terms.models import document_model

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("nature", ["notice", "consent"])
def test_only_a_contract_can_be_mandatory(make_document, nature):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_document(nature=nature, mandatory=True)

    assert make_document(nature=nature, mandatory=False).pk
    with pytest.raises(ValidationError, match="Only a contract can be mandatory"):
        document_model()(key="x", title="X", nature=nature).validate_constraints()


def test_a_key_names_one_document(make_document):
    make_document(key="terms")

    with pytest.raises(IntegrityError), transaction.atomic():
        make_document(key="terms")


@pytest.mark.parametrize("change", [{"key": "other"}, {"nature": "attestation"}])
def test_key_and_nature_stay_once_published(make_document, make_version, change):
    draft, published = make_document(), make_version().document

    vars(draft).update(change)
    draft.save()

    vars(published).update(change)
    with pytest.raises(DocumentLocked):
        published.save()
    with pytest.raises(DocumentLocked):
        document_model().objects.filter(pk=published.pk).update(**change)


def test_the_rest_can_change(make_version):
    document = make_version().document
    document.title, document.mandatory = "Other", False

    document.save()
    document_model().objects.update(position=7)

    stored = document_model().objects.get(pk=document.pk)
    assert (stored.title, stored.mandatory, stored.position) == ("Other", False, 7)
