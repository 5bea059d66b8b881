"""The host has an administration of its own for one model that it swapped in."""

from django.contrib import admin

from starterkit_auth.admin import SessionAdmin
from tests.hosts.erasure.models import Session


@admin.register(Session)
class OwnSessionAdmin(SessionAdmin):
    list_display = ("user", "created_at")
