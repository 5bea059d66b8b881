"""Accounts and our tables in two databases are found before the first request."""

import pytest
from django.contrib.auth import get_user_model
from django.core.checks import run_checks
from django.test import override_settings

from starterkit_core.checks.databases import check_databases
from starterkit_core.models import AuditEvent


class Router:
    """Sends one model to another database."""

    moved = None

    def db_for_write(self, model, **hints):
        return "archive" if model is self.moved else None


class AuditElsewhere(Router):
    moved = AuditEvent


class UsersElsewhere(Router):
    @property
    def moved(self):
        return get_user_model()


class Replica:
    """Sends reads elsewhere, and no write."""

    def db_for_read(self, model, **hints):
        return "replica"


class AllElsewhere:
    """Sends everything to one database."""

    def db_for_write(self, model, **hints):
        return "identity"


def messages_with(router):
    with override_settings(DATABASE_ROUTERS=[f"{__name__}.{router.__name__}"]):
        return check_databases()


@pytest.mark.parametrize("router", [Replica, AllElsewhere])
def test_is_content_with_one_writer(router):
    assert messages_with(router) == []


def test_e017_one_message_names_each_table_that_is_written_elsewhere():
    [message] = messages_with(AuditElsewhere)

    assert message.id == "starterkit_core.E017"
    assert "starterkit_core.AuditEvent to 'archive'" in message.msg
    assert "return 'default' for these" in message.hint


def test_e017_the_user_model_elsewhere():
    [message] = messages_with(UsersElsewhere)

    assert message.msg.startswith(f"{get_user_model()._meta.label} is written to 'arch")


def test_runs_with_the_others():
    with override_settings(DATABASE_ROUTERS=[f"{__name__}.AuditElsewhere"]):
        found = {message.id for message in run_checks(tags=["starterkit"])}

    assert "starterkit_core.E017" in found
