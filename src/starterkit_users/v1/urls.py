"""Every URL of version 1; the folders beside this file are the same tree."""

from django.urls import path

from starterkit_core.http.resources import available, resource
from starterkit_users.v1.audit_events.get.views import ListAuditEventsView
from starterkit_users.v1.invitations.acceptance.post.views import AcceptInvitationView
from starterkit_users.v1.invitations.get.views import ListInvitationsView
from starterkit_users.v1.invitations.invitation_id.delete.views import (
    RevokeInvitationView,
)
from starterkit_users.v1.invitations.invitation_id.get.views import ReadInvitationView
from starterkit_users.v1.invitations.invitation_id.mail.post.views import (
    ResendInvitationView,
)
from starterkit_users.v1.invitations.post.views import InviteUserView
from starterkit_users.v1.me.avatar.delete.views import RemoveAvatarView
from starterkit_users.v1.me.avatar.put.views import SetAvatarView
from starterkit_users.v1.me.deactivation.post.views import DeactivateAccountView
from starterkit_users.v1.me.delete.views import DeleteAccountView
from starterkit_users.v1.me.exports.export_id.download.post.views import (
    DownloadExportView,
)
from starterkit_users.v1.me.exports.export_id.get.views import ReadExportView
from starterkit_users.v1.me.exports.get.views import ListExportsView
from starterkit_users.v1.me.exports.post.views import RequestExportView
from starterkit_users.v1.me.get.views import ReadAccountView
from starterkit_users.v1.me.patch.views import UpdateAccountView
from starterkit_users.v1.me.preferences.get.views import ReadPreferencesView
from starterkit_users.v1.me.preferences.patch.views import UpdatePreferencesView
from starterkit_users.v1.me.restoration.post.views import RestoreAccountView
from starterkit_users.v1.roles.get.views import ListRolesView
from starterkit_users.v1.users.bulk.bulk_id.get.views import ReadBulkView
from starterkit_users.v1.users.bulk.bulk_id.results.get.views import ListBulkResultsView
from starterkit_users.v1.users.bulk.post.views import StartBulkView
from starterkit_users.v1.users.export.get.views import ExportUsersView
from starterkit_users.v1.users.get.views import ListUsersView
from starterkit_users.v1.users.imports.import_id.get.views import ReadImportView
from starterkit_users.v1.users.imports.post.views import StartImportView
from starterkit_users.v1.users.post.views import AddUserView
from starterkit_users.v1.users.user_id.delete.views import EraseUserView
from starterkit_users.v1.users.user_id.get.views import ReadUserView
from starterkit_users.v1.users.user_id.impersonation.delete.views import (
    StopImpersonationView,
)
from starterkit_users.v1.users.user_id.impersonation.post.views import (
    StartImpersonationView,
)
from starterkit_users.v1.users.user_id.password_reset.post.views import (
    SendUserPasswordResetView,
)
from starterkit_users.v1.users.user_id.patch.views import UpdateUserView
from starterkit_users.v1.users.user_id.roles.get.views import ReadUserRolesView
from starterkit_users.v1.users.user_id.roles.put.views import SetRolesView
from starterkit_users.v1.users.user_id.sessions.delete.views import EndUserSessionsView
from starterkit_users.v1.users.user_id.suspension.delete.views import LiftSuspensionView
from starterkit_users.v1.users.user_id.suspension.put.views import SuspendUserView
from starterkit_users.v1.users.user_id.verification.put.views import VerifyUserView

urlpatterns = available(
    *available(
        path(
            "me/preferences/",
            resource(get=ReadPreferencesView, patch=UpdatePreferencesView),
            name="me-preferences",
        )
    ),
    path("audit-events/", resource(get=ListAuditEventsView), name="audit-events"),
    path(
        "invitations/",
        resource(get=ListInvitationsView, post=InviteUserView),
        name="invitations",
    ),
    path(
        "invitations/acceptance/",
        resource(post=AcceptInvitationView),
        name="invitations-acceptance",
    ),
    path(
        "invitations/<uuid:invitation_id>/",
        resource(get=ReadInvitationView, delete=RevokeInvitationView),
        name="invitations-invitation-id",
    ),
    path(
        "invitations/<uuid:invitation_id>/mail/",
        resource(post=ResendInvitationView),
        name="invitations-invitation-id-mail",
    ),
    path(
        "me/",
        resource(
            get=ReadAccountView, patch=UpdateAccountView, delete=DeleteAccountView
        ),
        name="me",
    ),
    path(
        "me/avatar/",
        resource(put=SetAvatarView, delete=RemoveAvatarView),
        name="me-avatar",
    ),
    path(
        "me/deactivation/", resource(post=DeactivateAccountView), name="me-deactivation"
    ),
    path(
        "me/exports/",
        resource(get=ListExportsView, post=RequestExportView),
        name="me-exports",
    ),
    path(
        "me/exports/<uuid:export_id>/",
        resource(get=ReadExportView),
        name="me-exports-export-id",
    ),
    path(
        "me/exports/<uuid:export_id>/download/",
        resource(post=DownloadExportView),
        name="me-exports-export-id-download",
    ),
    path("me/restoration/", resource(post=RestoreAccountView), name="me-restoration"),
    path("roles/", resource(get=ListRolesView), name="roles"),
    path("users/", resource(get=ListUsersView, post=AddUserView), name="users"),
    path("users/bulk/", resource(post=StartBulkView), name="users-bulk"),
    path(
        "users/bulk/<uuid:bulk_id>/",
        resource(get=ReadBulkView),
        name="users-bulk-bulk-id",
    ),
    path(
        "users/bulk/<uuid:bulk_id>/results/",
        resource(get=ListBulkResultsView),
        name="users-bulk-bulk-id-results",
    ),
    path("users/export/", resource(get=ExportUsersView), name="users-export"),
    path("users/imports/", resource(post=StartImportView), name="users-imports"),
    path(
        "users/imports/<uuid:import_id>/",
        resource(get=ReadImportView),
        name="users-imports-import-id",
    ),
    path(
        "users/<str:user_id>/",
        resource(get=ReadUserView, patch=UpdateUserView, delete=EraseUserView),
        name="users-user-id",
    ),
    path(
        "users/<str:user_id>/impersonation/",
        resource(post=StartImpersonationView, delete=StopImpersonationView),
        name="users-user-id-impersonation",
    ),
    path(
        "users/<str:user_id>/password-reset/",
        resource(post=SendUserPasswordResetView),
        name="users-user-id-password-reset",
    ),
    path(
        "users/<str:user_id>/roles/",
        resource(get=ReadUserRolesView, put=SetRolesView),
        name="users-user-id-roles",
    ),
    path(
        "users/<str:user_id>/sessions/",
        resource(delete=EndUserSessionsView),
        name="users-user-id-sessions",
    ),
    path(
        "users/<str:user_id>/suspension/",
        resource(put=SuspendUserView, delete=LiftSuspensionView),
        name="users-user-id-suspension",
    ),
    path(
        "users/<str:user_id>/verification/",
        resource(put=VerifyUserView),
        name="users-user-id-verification",
    ),
)
