"""A host registers our administration for the models it swapped in."""

from django.contrib import admin

from starterkit_users.admin import UserAdmin
from tests.zz_host.models import User

admin.site.register(User, UserAdmin)
