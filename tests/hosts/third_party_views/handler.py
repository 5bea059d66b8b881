"""The exception handler of the host, as HackSoft's styleguide proposes it."""

from rest_framework.views import exception_handler


def answer(exc, context):
    response = exception_handler(exc, context)
    if response is not None:
        response.data = {"message": response.data, "extra": {}}
    return response
