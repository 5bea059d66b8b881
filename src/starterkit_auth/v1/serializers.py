"""Serializers that several endpoints of this module share."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from starterkit_auth.models import AbstractSession, Transport
from starterkit_auth.services.sessions import OpenedSession
from starterkit_core.http.alternatives import Alternatives, OneOfRequest
from starterkit_core.http.fields import (
    EmailField,
    IssuedSecretField,
    LineField,
    MomentField,
    SecretField,
    WordField,
)

TOKEN_FIELDS = ("access_token", "token_type", "expires_in", "refresh_token")
"""Fields of bearer responses only; the cookie is never in a body."""


class TransportField(WordField):
    """How a client keeps its session."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Transport.choices, component="AuthTransport", **kwargs)


class ClientRequest(serializers.Serializer[Any]):
    """The client that opens a session, as it describes itself."""

    transport = TransportField(
        default=Transport.BEARER.value,
        help_text="`bearer`: tokens in the body, for apps. `cookie`: for browsers.",
    )
    device_name = LineField(
        max_length=100,
        default="",
        allow_blank=True,
        help_text="Name of the device, such as Ada's phone.",
    )
    platform = LineField(
        max_length=32,
        default="",
        allow_blank=True,
        help_text="Operating system, such as iOS 26.",
    )
    app_version = LineField(
        max_length=32,
        default="",
        allow_blank=True,
        help_text="Version of the app, such as 4.2.0.",
    )


class AnswerRequest(OneOfRequest):
    """Either the address and the code from a mail, or the token from its link."""

    alternatives: ClassVar = {"ByCode": ("email", "code"), "ByLink": ("token",)}
    mixed = _("Send either an address and a code, or a token.")

    email = EmailField(required=False, help_text="Required with `code`.")
    code = SecretField(
        max_length=32, required=False, help_text="Six digits; spaces are ignored."
    )
    token = SecretField(
        max_length=256, required=False, help_text="Instead of `email` and `code`."
    )


class UserRepresentation(serializers.Serializer[AbstractBaseUser]):
    """The signed-in user; the users module has their profile."""

    id = serializers.CharField(source="pk")
    email = serializers.SerializerMethodField()

    def get_email(self, user: AbstractBaseUser) -> str:
        return str(getattr(user, user.get_email_field_name(), "") or "")


class SessionRepresentation(serializers.Serializer[AbstractSession]):
    """A session as its owner sees it."""

    id = serializers.UUIDField()
    created_at = MomentField()
    last_seen_at = MomentField()
    expires_at = MomentField(
        help_text="The latest end; an unused session ends earlier.",
    )
    transport = TransportField()
    device_name = serializers.CharField()
    platform = serializers.CharField()
    app_version = serializers.CharField()
    user_agent = serializers.CharField()
    address = serializers.CharField(
        help_text="IP address it was opened from; the project may shorten or omit it."
    )


class OpenedSessionRepresentation(Alternatives, serializers.Serializer[OpenedSession]):
    """A session, with its new tokens unless it uses a cookie."""

    alternatives: ClassVar = {"WithTokens": TOKEN_FIELDS, "InCookie": ()}
    told_apart = (
        "transport",
        {"WithTokens": Transport.BEARER.value, "InCookie": Transport.COOKIE.value},
    )

    transport = TransportField(source="session.transport")
    access_token = IssuedSecretField(
        required=False,
        help_text="For the request header `Authorization: Bearer <access_token>`.",
    )
    token_type = serializers.CharField(required=False, help_text="Always `Bearer`.")
    expires_in = serializers.IntegerField(
        required=False, help_text="Seconds from now until the access token expires."
    )
    refresh_token = IssuedSecretField(
        required=False, help_text="Only for `session/refresh/` and for signing out."
    )
    session = SessionRepresentation()
    user = UserRepresentation()

    def to_representation(self, instance: OpenedSession) -> dict[str, Any]:
        data = super().to_representation(instance)
        hidden = () if instance.access_token else TOKEN_FIELDS
        return {name: data[name] for name in data if name not in hidden}
