"""Endpoints whose module is not installed are neither in the URLs nor documented."""

import runpy

import pytest

from starterkit_core.ports import account_access, impersonation
from starterkit_users.v1 import urls

BY_AUTH = {
    "users/<str:user_id>/impersonation/",
    "users/<str:user_id>/password-reset/",
    "users/<str:user_id>/sessions/",
    "users/<str:user_id>/verification/",
}


def routes():
    """Return the routes of users as they are read when a server starts."""
    patterns = runpy.run_path(urls.__file__)["urlpatterns"]
    return {str(pattern.pattern) for pattern in patterns}


@pytest.fixture
def without_auth():
    ports = (account_access, impersonation)
    former = [(port, port._provider) for port in ports]
    for port in ports:
        port.unregister()
    yield
    for port, provider in former:
        port.register(provider)


def test_acts_on_sessions_are_there_with_auth():
    assert routes() >= BY_AUTH


def test_acts_on_sessions_are_absent_without_auth(without_auth):
    assert not routes() & BY_AUTH
    assert "users/<str:user_id>/" in routes()
