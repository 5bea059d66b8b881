"""Swagger UI and Redoc, as the server sends them; tests/test_pages.py renders them."""

import re
from html import unescape
from urllib.parse import urljoin

import pytest
from drf_spectacular.settings import patched_settings

pytest.importorskip("drf_spectacular_sidecar", reason='the extra "docs"')

PAGES = ["/api/docs/", "/api/redoc/"]
LINK = re.compile(r'(?:src|href)="([^"]+)"')
MEDIA_TYPES = {"css": "text/css", "js": "text/javascript", "png": "image/png"}


def links(client, page):
    html = client.get(page).content.decode()
    return [urljoin(page, unescape(link)) for link in LINK.findall(html)]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_loads_only_what_this_host_serves(client, page):
    found = links(client, page)

    assert len(found) >= 3
    for link in found:
        response = client.get(link)
        assert link.startswith("/api/")
        assert response.status_code == 200
        assert len(response.content) > 20
        assert b"cdn.redoc.ly" not in response.content


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_a_language_and_a_policy_without_other_hosts(client, page):
    response = client.get(page)

    policy = response.headers["Content-Security-Policy"]
    assert '<html lang="en">' in response.content.decode()
    assert policy.startswith("default-src 'none'; script-src 'self'; ")
    assert "http" not in policy


@pytest.mark.parametrize("page", PAGES)
def test_a_page_hands_the_language_on_to_the_document(client, page):
    (script,) = [it for it in links(client, f"{page}?lang=pt-br") if "?" in it]

    assert "../schema/?lang\\u003Dpt\\u002Dbr" in client.get(script).content.decode()


@pytest.mark.parametrize("page", PAGES)
def test_a_page_needs_no_static_files(client, page, settings):
    """Django would look for them in a manifest, which does not have them."""
    storage = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": storage}}
    sidecar = {"SWAGGER_UI_DIST": "SIDECAR", "REDOC_DIST": "SIDECAR"}

    with patched_settings(sidecar):
        statuses = [client.get(it).status_code for it in [page, *links(client, page)]]

    assert {*statuses} == {200}


def test_a_file_has_its_media_type_and_may_be_cached(client):
    for name in ("swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png"):
        response = client.get(f"/api/docs/files/{name}")

        assert response.headers["Content-Type"] == MEDIA_TYPES[name.rpartition(".")[2]]
        assert "max-age" in response.headers["Cache-Control"]


@pytest.mark.parametrize("name", ["other.js", "swagger-ui.css.map", "..%2fLICENSE"])
def test_no_other_file_is_served(client, name):
    assert client.get(f"/api/docs/files/{name}").status_code == 404
