from starterkit_auth.v1.serializers import AnswerRequest, ClientRequest


class ConfirmRegistrationRequest(AnswerRequest):
    """What was mailed, and the program that opens the session."""

    client = ClientRequest(required=False)
