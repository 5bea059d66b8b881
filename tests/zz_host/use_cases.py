"""Fills the host's columns as a host would: in one step of each use case."""

from starterkit_auth.use_cases.create_account import CreateAccount
from starterkit_auth.use_cases.open_session import OpenSession
from starterkit_terms.use_cases.import_acts import ImportActs
from starterkit_terms.use_cases.import_versions import ImportVersions
from starterkit_terms.use_cases.publish_document import PublishDocument
from starterkit_terms.use_cases.record_acts import RecordActs
from starterkit_terms.use_cases.record_visitor_acts import RecordVisitorActs
from starterkit_users.use_cases.create_user import CreateUser
from starterkit_users.v1.invitations.post.use_case import InviteUser
from starterkit_users.v1.me.avatar.put.use_case import SetAvatar


class CreateMember(CreateAccount):
    def user_fields(self):
        return {**super().user_fields(), "member_number": 1}


class CreateUserWithNumber(CreateUser):
    def user_fields(self):
        return {"member_number": 1, **super().user_fields()}


class InviteUserInBatch(InviteUser):
    def invitation_fields(self, user):
        return {**super().invitation_fields(user), "batch": 1}


class OpenSessionWithRisk(OpenSession):
    def session_fields(self):
        return {**super().session_fields(), "risk": 1}


class RecordActsAtBranch(RecordActs):
    def acceptance_fields(self, act, former):
        return {**super().acceptance_fields(act, former), "branch": 1}


class RecordVisitorActsAtBranch(RecordVisitorActs):
    def acceptance_fields(self, act, visitor, former):
        return {**super().acceptance_fields(act, visitor, former), "branch": 1}


class PublishShelvedDocument(PublishDocument):
    def document_fields(self):
        return {**super().document_fields(), "shelf": 1}

    def version_fields(self, document):
        return {**super().version_fields(document), "edition": 1}


class SetFramedAvatar(SetAvatar):
    def avatar_fields(self, account):
        return {**super().avatar_fields(account), "frame": 1}


class ImportShelved(ImportVersions):
    """Puts what it imports on the first shelf."""

    def document_fields(self, former):
        return {**super().document_fields(former), "shelf": 1}

    def version_fields(self, document, former):
        return {**super().version_fields(document, former), "edition": 1}


class ImportAtBranch(ImportActs):
    """Says at which branch it was imported."""

    def acceptance_fields(self, act, text, sequence):
        return {**super().acceptance_fields(act, text, sequence), "branch": 1}
