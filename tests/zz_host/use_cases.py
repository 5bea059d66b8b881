"""Fills the host's columns as a host would: in one step of each use case."""

from starterkit_auth.v1.registration.confirmation.post.use_case import (
    ConfirmRegistration,
)
from starterkit_auth.v1.registration.post.use_case import Register
from starterkit_auth.v1.session.post.use_case import SignIn
from starterkit_terms.v1.acceptances.post.use_case import AcceptTerms


class RegisterMember(Register):
    def user_fields(self):
        return {**super().user_fields(), "member_number": 1}


class SignInWithRisk(SignIn):
    def session_fields(self, user):
        return {**super().session_fields(user), "risk": 1}


class ConfirmRegistrationWithRisk(ConfirmRegistration):
    def session_fields(self, user):
        return {**super().session_fields(user), "risk": 1}


class AcceptTermsAtBranch(AcceptTerms):
    def acceptance_fields(self, version, text):
        return {**super().acceptance_fields(version, text), "branch": 1}
