"""Our administration fills the gaps that the one of the host leaves."""

from django.contrib import admin
from django.core.management import call_command

from starterkit_core.admin import ReadOnlyAdmin
from starterkit_terms.admin import AcceptanceAdmin
from starterkit_users.admin import UserAdmin
from starterkit_users.checks import check_ranks
from tests.hosts.erasure.admin import OwnSessionAdmin
from tests.hosts.erasure.models import Acceptance, Customer, Session, User


def test_the_host_replaces_ours_by_registering_its_own():
    assert type(admin.site.get_model_admin(Session)) is OwnSessionAdmin


def test_ours_is_there_for_the_other_models():
    assert isinstance(admin.site.get_model_admin(Acceptance), AcceptanceAdmin)
    assert isinstance(admin.site.get_model_admin(User), UserAdmin)


def test_django_finds_no_fault_in_it():
    call_command("check", fail_level="WARNING")


def test_a_proxy_of_the_users_is_no_way_around_the_ranks(monkeypatch):
    monkeypatch.setattr(admin, "site", admin.AdminSite())
    assert check_ranks() == []

    admin.site.register(User, ReadOnlyAdmin)
    assert check_ranks() == []

    admin.site.register(Customer)

    [found] = check_ranks()
    assert found.id == "starterkit_users.W030"
