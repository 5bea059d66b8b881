"""System checks of this app.

E001  a signing key is too short, or Django's placeholder for a new project
E002  the cookie is not Secure although DEBUG is off
E003  the cookie is SameSite=None, but not Secure
E004  the user model has no field for an e-mail address
E005  BREACH_CHECK cannot be imported or called
E007  a backend of AUTHENTICATION_BACKENDS cannot be imported
W001  our authenticator is not among DRF's defaults
W002  rate limits are counted per process although DEBUG is off
W003  ``auth_purge`` has not run for a week or more
W004  our authenticator is not the first of DRF's defaults
W005  the project has authentication backends that sign-in does not ask
W009  a sign-up leaves columns of the user model empty that need a value
W012  accounts share an address, and no account holds it
W013  accounts with a password have no usable address
W017  COOKIE_PARTITIONED contradicts COOKIE_SAMESITE
W018  the cookie is for other sites, but no origin is trusted
"""

from typing import Any

from django.contrib.auth import get_user_model
from django.core.cache import caches
from django.core.cache.backends.locmem import LocMemCache
from django.core.checks import CheckMessage, Tags, register
from django.core.exceptions import FieldDoesNotExist
from django.utils.module_loading import import_string
from rest_framework.settings import api_settings

from starterkit_auth.authentication import SessionAuthentication
from starterkit_auth.conf import conf, debugging, signing_keys, trusted_origins
from starterkit_auth.services import (
    addresses,
    backends,
    existing_addresses,
    new_users,
    retention,
)
from starterkit_auth.v1.registration.post.use_case import Register
from starterkit_core.checks.database import asks_accounts
from starterkit_core.checks.messages import error, warning
from starterkit_core.conf import conf as core_conf
from starterkit_core.ports.authenticators import ours_first

TAG = "starterkit"
KEY_BYTES = 32
"""HMAC-SHA-256 takes a key of at least its own length (RFC 2104, section 3)."""

PLACEHOLDER = "django-insecure"


@register(TAG)
def check_signing_keys(**kwargs: Any) -> list[CheckMessage]:
    """E001: all keys are checked, because tokens of each are accepted."""
    hint = (
        'Write a new one: python -c "import secrets; print(secrets.token_hex(32))". '
        "STARTERKIT_AUTH['SIGNING_KEYS'] takes the place of SECRET_KEY and its "
        "fallbacks, if you cannot change these."
    )
    return [
        error("starterkit_auth.E001", f"{_name_of(position)} is {problem}.", hint)
        for position, key in enumerate(signing_keys())
        if (problem := _problem_with(key))
    ]


@register(TAG)
def check_cookie(**kwargs: Any) -> list[CheckMessage]:
    """E002 and E003: attributes of the cookie."""
    found = []
    if not conf.COOKIE_SECURE and not debugging():
        text = "The session cookie is also sent without HTTPS, and DEBUG is off."
        hint = "Remove STARTERKIT_AUTH['COOKIE_SECURE'], or set it to True."
        found.append(error("starterkit_auth.E002", text, hint))
    if conf.COOKIE_SAMESITE == "None" and not conf.COOKIE_SECURE:
        text = "Browsers drop a SameSite=None cookie that is not Secure."
        hint = "Set STARTERKIT_AUTH['COOKIE_SECURE'] to True, or use 'Lax'."
        found.append(error("starterkit_auth.E003", text, hint))
    return found


@register(TAG)
def check_other_sites(**kwargs: Any) -> list[CheckMessage]:
    """W017 and W018: settings of the cookie that contradict each other."""
    for_other_sites = conf.COOKIE_SAMESITE == "None"
    if not for_other_sites and conf.given().get("COOKIE_PARTITIONED"):
        text = "COOKIE_PARTITIONED does nothing, as no other site gets the cookie."
        hint = "Remove it, or set STARTERKIT_AUTH['COOKIE_SAMESITE'] to 'None'."
        return [warning("starterkit_auth.W017", text, hint)]
    found = []
    if for_other_sites and not conf.COOKIE_PARTITIONED:
        text = "Browsers block a SameSite=None cookie that is not Partitioned."
        hint = "Remove STARTERKIT_AUTH['COOKIE_PARTITIONED'], or set it to True."
        found.append(warning("starterkit_auth.W017", text, hint))
    if for_other_sites and not trusted_origins():
        text = "Other sites get the cookie, but may only read with it."
        hint = "Set CSRF_TRUSTED_ORIGINS, such as to ['https://app.example.net']."
        found.append(warning("starterkit_auth.W018", text, hint))
    return found


@register(TAG)
def check_user_model(**kwargs: Any) -> list[CheckMessage]:
    """E004: users sign in with their address."""
    model = get_user_model()
    name = model.get_email_field_name()
    try:
        model._meta.get_field(name)
    except FieldDoesNotExist:
        text = f"{model._meta.label} has no field {name!r}, but users sign in with it."
        hint = "Add an EmailField, or set EMAIL_FIELD on the model to the one it has."
        return [error("starterkit_auth.E004", text, hint, obj=model)]
    return []


@register(TAG)
def check_sign_up(**kwargs: Any) -> list[CheckMessage]:
    """W009: the database would refuse each sign-up, or each but the first."""
    model = get_user_model()
    columns = [] if _fills_columns() else _left_empty(model)
    if not columns:
        return []
    names = ", ".join(columns)
    text = f"A sign-up leaves columns of {model._meta.label} empty: {names}."
    hint = (
        "Return their values from user_fields() of a subclass of "
        f"{Register.__module__}.{Register.__qualname__}, and name it in "
        f"STARTERKIT_OVERRIDES = {{{Register.key!r}: 'shop.accounts.Register'}}. "
        "Silence this if save() or a signal fills them."
    )
    return [warning("starterkit_auth.W009", text, hint, obj=model)]


@register(TAG)
def check_breach_source(**kwargs: Any) -> list[CheckMessage]:
    """E005: a source that fails accepts every password."""
    path = conf.BREACH_CHECK
    try:
        callable_ = not path or callable(import_string(path))
    except ImportError:
        callable_ = False
    if callable_:
        return []
    text = f"STARTERKIT_AUTH['BREACH_CHECK'] is {path!r}, which cannot be called."
    hint = "Set it to the path of a function or class, such as "
    example = "'starterkit_auth.services.pwned_passwords.PwnedPasswords'."
    return [error("starterkit_auth.E005", text, hint + example)]


@register(TAG)
def check_authenticator(**kwargs: Any) -> list[CheckMessage]:
    """W001 and W004: whether the project's own views take our credentials."""
    listed: Any = api_settings.DEFAULT_AUTHENTICATION_CLASSES
    is_ours = [issubclass(entry, SessionAuthentication) for entry in listed]
    if is_ours and is_ours[0]:
        return []
    setting = "REST_FRAMEWORK['DEFAULT_AUTHENTICATION_CLASSES']"
    ours = [entry for entry in listed if issubclass(entry, SessionAuthentication)]
    ordered = ours_first(listed)
    hint = f"Set it to {[_dotted(entry) for entry in ordered]}."
    if not ours:
        text = f"{setting} lacks our authenticator."
        return [warning("starterkit_auth.W001", text, hint)]
    text = (
        f"Our authenticator is not the first of {setting}: another class may refuse "
        "our tokens, and decides between 401 and 403."
    )
    return [warning("starterkit_auth.W004", text, hint)]


@register(TAG)
def check_backends(**kwargs: Any) -> list[CheckMessage]:
    """E007 and W005: whether users of a directory can sign in.

    W005 is silent if the project has decided.
    """
    try:
        unasked = [*backends.unasked()]
    except ImportError as failure:
        text = f"AUTHENTICATION_BACKENDS names what cannot be imported: {failure}"
        return [error("starterkit_auth.E007", text, "Correct the dotted path.")]
    if not unasked or "ASK_BACKENDS" in conf.given():
        return []
    text = f"Sign-in does not ask these of AUTHENTICATION_BACKENDS: {unasked}."
    hint = (
        "Set STARTERKIT_AUTH['ASK_BACKENDS'] to True if users have their passwords "
        "there, or if they decide who may sign in, such as that of django-axes; to "
        "False if only passwords that are saved here count."
    )
    return [warning("starterkit_auth.W005", text, hint)]


@register(TAG, deploy=True)
def check_shared_cache(**kwargs: Any) -> list[CheckMessage]:
    """W002: each process counts its own attempts, so more pass than the limit."""
    if debugging() or not isinstance(caches[core_conf.CACHE_ALIAS], LocMemCache):
        return []
    text = "Sign-in attempts are counted separately in each process."
    hint = f"Use a shared cache, such as Redis, for CACHES[{core_conf.CACHE_ALIAS!r}]."
    return [warning("starterkit_auth.W002", text, hint)]


@register(Tags.database, deploy=True)
@asks_accounts
def check_retention(**kwargs: Any) -> list[CheckMessage]:
    """W003: ``auth_purge`` does not run; checked with ``--database`` only."""
    if not retention.is_behind():
        return []
    text = "Sessions or challenges should have been deleted more than a week ago."
    return [warning("starterkit_auth.W003", text, "Run auth_purge once a day.")]


@register(Tags.database, deploy=True)
@asks_accounts
def check_addresses(**kwargs: Any) -> list[CheckMessage]:
    """W012 and W013: these accounts cannot sign in; with ``--database`` only."""
    shared = existing_addresses.count_shared()
    unusable = existing_addresses.count_unusable()
    found = []
    if shared:
        text = f"{shared} address(es) belong to several accounts: the oldest signs in."
        hint = "Choose who keeps them: manage.py auth_addresses --keep last-sign-in."
        found.append(warning("starterkit_auth.W012", text, hint))
    if unusable:
        text = f"{unusable} accounts have a missing or malformed address: no sign-in."
        hint = "manage.py auth_addresses lists them; correct them in the user model."
        found.append(warning("starterkit_auth.W013", text, hint))
    return found


def _dotted(entry: type) -> str:
    return f"{entry.__module__}.{entry.__qualname__}"


def _name_of(position: int) -> str:
    """Return where in the settings the signing key of this position is written."""
    if conf.SIGNING_KEYS:
        return f"STARTERKIT_AUTH['SIGNING_KEYS'][{position}]"
    return f"SECRET_KEY_FALLBACKS[{position - 1}]" if position else "SECRET_KEY"


def _problem_with(key: str) -> str:
    if len(key.encode()) < KEY_BYTES:
        return f"shorter than {KEY_BYTES} bytes"
    if key.startswith(PLACEHOLDER) and not debugging():
        return "the placeholder of a new project"
    return ""


def _fills_columns() -> bool:
    """Return whether the project has its own way to fill them, or a broken one."""
    try:
        active = Register.active()
    except ImportError:  # core's E003 says so
        return True
    steps = ("user_fields", "new_user", "save_account", "run")
    return any(getattr(active, step) is not getattr(Register, step) for step in steps)


def _left_empty(model: Any) -> list[str]:
    username = new_users.username_for(model, "ada@example.com")
    filled = {"password", *(name for name in username if username[name] is not None)}
    if addresses.has_email_field(model):
        filled.add(model.get_email_field_name())
    return new_users.unfilled(model, filled)
