from starterkit_auth.v1.serializers import AnswerRequest, ClientRequest


class ConfirmRegistrationRequest(AnswerRequest):
    """Code or token from the mail, and the client that opens the session."""

    client = ClientRequest(required=False)
