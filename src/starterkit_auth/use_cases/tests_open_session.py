from datetime import timedelta

import pytest

from starterkit_auth import presets
from starterkit_auth.use_cases.open_session import OpenSession, OpenSessionInput
from starterkit_core.utils.client import NO_CLIENT

pytestmark = pytest.mark.django_db


def test_lifetimes_come_from_the_settings(member, settings):
    settings.STARTERKIT_AUTH = presets.strict_sessions()
    given = OpenSessionInput(
        user=member, client=NO_CLIENT, transport="bearer", method="password"
    )

    fields = OpenSession(given).session_fields()

    assert fields["idle_expires_at"] - fields["last_seen_at"] == timedelta(hours=24)
    assert fields["expires_at"] - fields["last_seen_at"] == timedelta(days=30)
