import pytest

from starterkit_core.http.shared_serializers import forget_shared
from starterkit_core.ports import access_gates, sign_up

# The situations need every module; tox loads this file also with one module alone.
# ruff: noqa: PLC0415


@pytest.fixture
def caller(transactional_db, settings, make_user, mailbox, tmp_path):
    """A client that makes the requests of ``tests.situations``."""
    from tests.situations import Caller

    settings.STARTERKIT_AUTH = {"FRONTEND_URL": "https://app.example.com"}
    return Caller(make_user, mailbox, tmp_path)


@pytest.fixture
def alone(monkeypatch, case):
    """Ask only what the module itself asks, unless the case is about others."""
    from tests.situations import BY_TERMS

    if BY_TERMS not in case.situation:
        monkeypatch.setattr(access_gates, "_gates", {})
        monkeypatch.setattr(sign_up, "_requirements", {})
    forget_shared()
    yield
    forget_shared()
