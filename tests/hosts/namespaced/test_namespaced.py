import re
from urllib.parse import urljoin

import pytest
from rest_framework import versioning
from rest_framework.views import APIView

VERSIONINGS = [
    versioning.AcceptHeaderVersioning,
    versioning.HostNameVersioning,
    versioning.NamespaceVersioning,
    versioning.QueryParameterVersioning,
    versioning.URLPathVersioning,
]


@pytest.fixture(params=VERSIONINGS)
def versioned(request, monkeypatch):
    """The host has another way of versioning, and knows two versions."""
    strict = type("Strict", (request.param,), {"allowed_versions": ["v2", "v7"]})
    monkeypatch.setattr(APIView, "versioning_class", strict)


def schema_of(script):
    """Return where the script of a page says that the document is."""
    [found] = re.findall(r'"(\.\./[^"]+)"', script.content.decode())
    return urljoin(script.wsgi_request.path, found)


@pytest.mark.parametrize("prefix", ["/api/", "/v7/kit/"])
def test_the_api_answers(person, prefix):
    person.prefix = prefix

    wrong = person.walk()

    assert wrong == ""


@pytest.mark.parametrize("page", ["docs/", "redoc/"])
@pytest.mark.parametrize("prefix", ["/api/", "/v7/kit/"])
def test_the_pages_show_the_document_beside_them(api, prefix, page):
    response = api.get(prefix + page)
    script = api.get(f"{prefix}{page}?script=")

    assert response.status_code == 200
    assert 'src="?script="' in response.content.decode()
    assert schema_of(script) == f"{prefix}schema/"


@pytest.mark.usefixtures("versioned")
def test_the_document_and_its_pages_need_no_version(api):
    answers = {path: api.get(f"/api/{path}/") for path in ("schema", "docs", "redoc")}

    assert {answer.status_code for answer in answers.values()} == {200}
    assert b"/api/auth/v1/session/" in answers["schema"].content


def test_the_document_has_our_endpoints_and_the_views_of_one_version(api):
    def paths(asked):
        text = api.get(f"/v7/kit/schema/{asked}").content.decode()
        return {line for line in text.splitlines() if line.startswith("  /")}

    assert "  /api/auth/v1/session/:" in paths("")
    assert "  /{version}/kit/auth/v1/session/:" in paths("")
    assert paths("?version=v2") - paths("") == {"  /orders/:"}
