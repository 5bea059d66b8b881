import pytest

from starterkit_core.http.shared_serializers import forget_shared
from starterkit_core.ports import access_gates, sign_up
from tests.situations import BY_TERMS, Caller


@pytest.fixture
def caller(transactional_db, settings, make_user, mailbox, tmp_path):
    """A client that makes the requests of ``tests.situations``."""
    settings.STARTERKIT_AUTH = {"FRONTEND_URL": "https://app.example.com"}
    return Caller(make_user, mailbox, tmp_path)


@pytest.fixture
def alone(monkeypatch, case):
    """Ask only what the module itself asks, unless the case is about others."""
    if BY_TERMS not in case.situation:
        monkeypatch.setattr(access_gates, "_gates", {})
        monkeypatch.setattr(sign_up, "_requirements", {})
    forget_shared()
    yield
    forget_shared()
