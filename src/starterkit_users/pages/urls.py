"""The HTML pages, without a version: people open them by links."""

from django.urls import path

from starterkit_users.pages.deletion import (
    ConfirmDeletionPage,
    RequestDeletionPage,
    RestorationPage,
)

urlpatterns = [
    path("deletion/", RequestDeletionPage.as_view(), name="account-deletion"),
    path(
        "deletion/confirmation/",
        ConfirmDeletionPage.as_view(),
        name="account-deletion-confirmation",
    ),
    path("restoration/", RestorationPage.as_view(), name="account-restoration"),
]
