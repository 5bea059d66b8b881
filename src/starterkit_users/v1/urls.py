"""Every URL of version 1; the folders beside this file are the same tree."""

from django.urls import path

from starterkit_core.http.resources import resource
from starterkit_users.v1.me.get.views import ReadAccountView
from starterkit_users.v1.me.patch.views import UpdateAccountView

urlpatterns = [
    path("me/", resource(get=ReadAccountView, patch=UpdateAccountView), name="me"),
]
