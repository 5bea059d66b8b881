"""What the settings of this host name."""

from django.contrib.auth import get_user_model
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.permissions import BasePermission
from rest_framework.response import Response


class Nobody(BasePermission):
    def has_permission(self, request, view):
        return False


class LastRenderer(BaseContentNegotiation):
    def select_parser(self, request, parsers):
        return parsers[-1]

    def select_renderer(self, request, renderers, format_suffix=None):
        return renderers[-1], renderers[-1].media_type


def anybody():
    """Return the row that stands for visitors, as django-guardian does."""
    return get_user_model().objects.get_or_create(email="anybody@example.com")[0]


def a_token():
    return "token"


def view_name(view):
    return "Odd"


def view_description(view, **options):
    return "Odd"


def teapot(exc, context):
    return Response(status=418)
