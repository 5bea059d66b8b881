from datetime import timedelta
from http import HTTPStatus

import pytest
from django.urls import reverse
from django.utils import timezone

from starterkit_users.models import DataExport
from starterkit_users.v1.me.exports.export_id.get.use_case import ReadExport

UNKNOWN = "0199f0a3-c5b8-7d7e-8a41-f0c2d3e4f5a6"

pytestmark = pytest.mark.django_db


def url_of(export_id):
    return reverse("starterkit_users:me-exports-export-id", args=[export_id])


def test_shows_when_and_until_when_it_is_ready(client_of, user, export_of, settings):
    settings.STARTERKIT_USERS = {"EXPORT_LIFETIME": timedelta(hours=2)}
    export = export_of(user)

    shown = client_of(user).get(url_of(export.pk)).json()

    assert shown["state"] == "ready"
    assert export.expires_at - export.ready_at == timedelta(hours=2)
    assert shown["expires_at"].endswith("Z")


def test_says_when_its_time_is_over(client_of, user, export_of):
    export = export_of(user, expires_at=timezone.now())

    assert client_of(user).get(url_of(export.pk)).json()["state"] == "expired"


def test_a_foreign_and_an_unknown_export_get_one_answer(
    client_of, user, make_user, export_of
):
    foreign = export_of(make_user())

    answers = [client_of(user).get(url_of(pk)) for pk in (foreign.pk, UNKNOWN)]

    assert {it.status_code for it in answers} == {HTTPStatus.NOT_FOUND}
    assert {it.json()["code"] for it in answers} == {"export_not_found"}


def test_needs_a_signed_in_user(api):
    assert api.get(url_of(UNKNOWN)).status_code == HTTPStatus.UNAUTHORIZED


class Another(ReadExport):
    """A host project's use case: one step replaced, the rest inherited."""

    def find_export(self):
        return DataExport(pk=UNKNOWN, state="failed")


def test_a_host_can_replace_one_step(client_of, user, settings):
    settings.STARTERKIT_OVERRIDES = {
        "starterkit_users.v1.me.exports.export_id.get": f"{__name__}.Another"
    }

    assert client_of(user).get(url_of(UNKNOWN)).json()["state"] == "failed"
