"""Views of the project."""

import logging

from django.db import OperationalError
from django.http import HttpResponse
from rest_framework.decorators import api_view, permission_classes
from rest_framework.permissions import AllowAny
from rest_framework.response import Response

from starterkit_core.errors import Busy, RateLimited, ServiceUnavailable
from starterkit_core.http.endpoints import EndpointView
from starterkit_core.services.tasks import enqueue_after_commit
from starterkit_core.use_cases import Input, UseCase
from tests.security.reporting.tasks import fail

logger = logging.getLogger("shop")


class PaymentError(Exception):
    """A bug of the project."""


class PayCart(UseCase):
    """A use case in a place that gives it no key."""

    def run(self):
        raise PaymentError


class PayCartView(EndpointView):
    """An endpoint of the project."""

    use_case = PayCart

    def post(self, request, number):
        return self.respond(PayCart.execute(Input()))


@api_view(["GET", "POST"])
@permission_classes([AllowAny])
def order(request, number):
    token = request.GET.get("token", "")
    _cookies = dict(request.COOKIES)
    _sent = request.headers.get("X-Secret-Of-The-Shop", "")
    email, kind = request.data.get("email"), "book"
    raise PaymentError(f"token={token} of {email} cannot pay for a {kind}")


@api_view(["GET"])
@permission_classes([AllowAny])
def refused(request):
    raise RateLimited(retry_after=1)


@api_view(["GET"])
@permission_classes([AllowAny])
def busy(request):
    raise Busy(retry_after=1)


@api_view(["GET"])
@permission_classes([AllowAny])
def outage(request):
    raise OperationalError("connection to server at 192.0.2.1 failed")


@api_view(["GET"])
@permission_classes([AllowAny])
def outage_of_ours(request):
    raise ServiceUnavailable(retry_after=1)


def livez(request):
    return HttpResponse("ok")


def reset(request, token):
    """Answer as a page whose link was in a mail, and fail for one in capitals."""
    if token.isupper():
        raise PaymentError
    return HttpResponse("ok")


def fine(request):
    return HttpResponse("ok")


@api_view(["POST"])
@permission_classes([AllowAny])
def start(request):
    """Start a task with what was sent."""
    task = fail.using(backend=request.GET["backend"])
    enqueue_after_commit(task, request.data["email"], password=request.data["given"])
    return Response()
