"""All modules together, every swappable model swapped, each with a required column."""

from tests.settings import *  # noqa: F403  # all of them, but what follows
from tests.settings import INSTALLED_APPS

# First, so that its management commands win; migrations are ordered by label.
INSTALLED_APPS = ["tests.zz_host.apps.HostConfig", *INSTALLED_APPS]

AUTH_USER_MODEL = "zz_host.User"
STARTERKIT_AUTH_SESSION_MODEL = "zz_host.Session"
STARTERKIT_TERMS_ACCEPTANCE_MODEL = "zz_host.Acceptance"
STARTERKIT_TERMS_DOCUMENT_MODEL = "zz_host.Document"
STARTERKIT_TERMS_VERSION_MODEL = "zz_host.Version"
STARTERKIT_USERS_INVITATION_MODEL = "zz_host.Invitation"
STARTERKIT_USERS_AVATAR_MODEL = "zz_host.Avatar"

STARTERKIT_OVERRIDES = {
    "starterkit_auth.use_cases.create_account": "tests.zz_host.use_cases.CreateMember",
    "starterkit_auth.use_cases.open_session": (
        "tests.zz_host.use_cases.OpenSessionWithRisk"
    ),
    "starterkit_terms.use_cases.import_acts": "tests.zz_host.use_cases.ImportAtBranch",
    "starterkit_terms.use_cases.import_versions": (
        "tests.zz_host.use_cases.ImportShelved"
    ),
    "starterkit_terms.use_cases.publish_document": (
        "tests.zz_host.use_cases.PublishShelvedDocument"
    ),
    "starterkit_terms.use_cases.record_acts": (
        "tests.zz_host.use_cases.RecordActsAtBranch"
    ),
    "starterkit_terms.use_cases.record_visitor_acts": (
        "tests.zz_host.use_cases.RecordVisitorActsAtBranch"
    ),
    "starterkit_users.use_cases.create_user": (
        "tests.zz_host.use_cases.CreateUserWithNumber"
    ),
    "starterkit_users.v1.invitations.post": "tests.zz_host.use_cases.InviteUserInBatch",
    "starterkit_users.v1.me.avatar.put": "tests.zz_host.use_cases.SetFramedAvatar",
}
