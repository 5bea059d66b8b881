"""Fills the host's columns as a host would: in one step of each use case."""

from starterkit_auth.use_cases.create_account import CreateAccount
from starterkit_auth.use_cases.open_session import OpenSession
from starterkit_terms.use_cases.publish_document import PublishDocument
from starterkit_terms.v1.acceptances.post.use_case import AcceptTerms


class CreateMember(CreateAccount):
    def user_fields(self):
        return {**super().user_fields(), "member_number": 1}


class OpenSessionWithRisk(OpenSession):
    def session_fields(self):
        return {**super().session_fields(), "risk": 1}


class AcceptTermsAtBranch(AcceptTerms):
    def acceptance_fields(self, text):
        return {**super().acceptance_fields(text), "branch": 1}


class PublishShelvedDocument(PublishDocument):
    def document_fields(self):
        return {**super().document_fields(), "shelf": 1}

    def version_fields(self, document):
        return {**super().version_fields(document), "edition": 1}
