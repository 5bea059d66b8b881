"""Whatever models a project has, Django's administration shows them, once."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from starterkit_auth.models import session_model
from starterkit_core.models import AuditEvent
from starterkit_terms.models import acceptance_model, document_model, version_model

pytestmark = pytest.mark.django_db

MODELS = [
    AuditEvent,
    acceptance_model(),
    document_model(),
    get_user_model(),
    session_model(),
    version_model(),
]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_lists_the_model_in_force(model, make_user):
    client = Client()
    client.force_login(make_user(is_staff=True, is_superuser=True))

    names = f"{model._meta.app_label}_{model._meta.model_name}"
    page = client.get(reverse(f"admin:{names}_changelist"))

    assert page.status_code == 200
