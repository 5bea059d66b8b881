"""Values of Django settings that suit the modules; copy, change, compose.

Plain functions without imports, so a settings file can call them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

DRF_AUTHENTICATION = (
    "rest_framework.authentication.SessionAuthentication",
    "rest_framework.authentication.BasicAuthentication",
)
"""DRF's own default."""

CONNECT_SECONDS = 2
"""The wait for a connection to the database; libpq knows no shorter one."""

LOCK_SECONDS = 2
"""The wait of a statement for rows that another transaction has locked."""

STATEMENT_SECONDS = 5
"""How long a statement may take, unless the project says otherwise."""


def rest_framework(authentication: Sequence[str] = ()) -> dict[str, Any]:
    """Return ``REST_FRAMEWORK``: JSON only, signed-in users only, problems.

    The access gates guard our endpoints, and the views that ask for them. To guard all
    views of the project, add ``"starterkit_core.permissions.PassesAccessGates"`` to
    ``DEFAULT_PERMISSION_CLASSES``.
    """
    preset = {
        "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
        "DEFAULT_PARSER_CLASSES": ["starterkit_core.http.parsers.JSONParser"],
        "DEFAULT_RENDERER_CLASSES": ["starterkit_core.http.renderers.JSONRenderer"],
        "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
        "EXCEPTION_HANDLER": "starterkit_core.http.problems.exception_handler",
        "TEST_REQUEST_DEFAULT_FORMAT": "json",
    }
    if authentication:
        preset["DEFAULT_AUTHENTICATION_CLASSES"] = list(authentication)
    return preset


def rest_framework_beside(
    present: Mapping[str, Any], authentication: Sequence[str]
) -> dict[str, Any]:
    """Return the ``REST_FRAMEWORK`` of an API that lives, and our authenticator first.

    All else in ``present`` stays. Where it has no authenticators or schema class,
    those of DRF and of drf-spectacular are written down.
    """
    listed = present.get("DEFAULT_AUTHENTICATION_CLASSES", DRF_AUTHENTICATION)
    others = [name for name in listed if name not in authentication]
    return {
        "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
        **present,
        "DEFAULT_AUTHENTICATION_CLASSES": [*authentication, *others],
    }


def openapi(title: str, *, version: str = "1", description: str = "") -> dict[str, Any]:
    """Return ``SPECTACULAR_SETTINGS``: OpenAPI 3.1, suited to client generators."""
    return {
        "TITLE": title,
        "VERSION": version,
        "DESCRIPTION": description,
        "OAS_VERSION": "3.1.1",
        "SERVERS": [{"url": "/"}],
        "SERVE_INCLUDE_SCHEMA": False,
        "COMPONENT_SPLIT_REQUEST": True,
        "COMPONENT_SPLIT_PATCH": False,
        "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
        "PREPROCESSING_HOOKS": ["starterkit_core.openapi.hooks.load_extensions"],
        "POSTPROCESSING_HOOKS": [
            "drf_spectacular.hooks.postprocess_schema_enums",
            "starterkit_core.openapi.hooks.introduce",
        ],
    }


def cache(redis_url: str) -> dict[str, Any]:
    """Return an entry of ``CACHES``: Redis, given up after a second at most.

    It has half a second to accept a connection, and half a second for each answer.
    """
    return {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": redis_url,
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 0.5},
    }


def database(
    entry: Mapping[str, Any], *, statement_seconds: int = STATEMENT_SECONDS
) -> dict[str, Any]:
    """Return an entry of ``DATABASES`` with timeouts, and connections that are kept.

    For PostgreSQL and for MySQL or MariaDB; another entry is returned as it is. What
    ``entry`` says itself stays. ``statement_seconds=0`` is for processes that work for
    long, such as ``migrate``: statements may take any time.
    """
    add_to = _TIMEOUTS.get(str(entry["ENGINE"]).rpartition(".")[2])
    if add_to is None:
        return dict(entry)
    given = entry.get("OPTIONS", {})
    ours = {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    if given.get("pool"):  # it keeps them; Django refuses both
        ours["CONN_MAX_AGE"] = 0
    if statement_seconds:
        ours["ANSWER_TIMEOUT"] = statement_seconds + 1
    return {**ours, **entry, "OPTIONS": add_to(given, statement_seconds)}


def _postgresql(given: Mapping[str, Any], statement_seconds: int) -> dict[str, Any]:
    """Return the options of libpq: those of the server, and of the connection to it.

    A server whose machine is gone is noticed after about eight seconds.
    """
    ours = f"-c statement_timeout={statement_seconds}s -c lock_timeout={LOCK_SECONDS}s"
    return {
        "connect_timeout": CONNECT_SECONDS,
        "tcp_user_timeout": 8_000,
        "keepalives_idle": 4,
        "keepalives_interval": 2,
        "keepalives_count": 2,
        **given,
        "options": f"{ours} {given.get('options', '')}".rstrip(),
    }


def _mysql(given: Mapping[str, Any], statement_seconds: int) -> dict[str, Any]:
    """Return the options of mysqlclient and PyMySQL.

    MariaDB stops a statement itself; MySQL reads what begins with ``/*M!`` as a
    comment, so there only the client gives it up.
    """
    statements = f"/*M! , max_statement_time = {statement_seconds} */"
    waiting = f"SET SESSION innodb_lock_wait_timeout = {LOCK_SECONDS} {statements}"
    answer = statement_seconds + 1
    reading = {"read_timeout": answer, "write_timeout": answer}
    return {
        "connect_timeout": CONNECT_SECONDS,
        **(reading if statement_seconds else {}),
        "init_command": waiting,
        **given,
    }


_TIMEOUTS = {"postgresql": _postgresql, "postgis": _postgresql, "mysql": _mysql}
"""What adds the timeouts to ``OPTIONS``, by the last part of ``ENGINE``."""
