"""``REST_FRAMEWORK`` and ``SPECTACULAR_SETTINGS``."""

from collections.abc import Mapping, Sequence
from typing import Any

DRF_AUTHENTICATION = (
    "rest_framework.authentication.SessionAuthentication",
    "rest_framework.authentication.BasicAuthentication",
)
"""DRF's own default."""

PAGE_SIZE = 50
"""Most rows of a list of the project's own views."""


def rest_framework(
    authentication: Sequence[str] = (), *, proxies: int = 0
) -> dict[str, Any]:
    """Return ``REST_FRAMEWORK``: JSON only, signed-in users only, problems, pages.

    Lists of your generic views come in pages of ``PAGE_SIZE`` rows, and no client can
    ask for more. ``proxies`` is ``TRUSTED_PROXIES``, for throttles of yours; without
    it DRF would believe each client the address that it says. DRF's throttles let
    concurrent requests pass, so there is none in here.

    The access gates guard our endpoints, and the views that ask for them. To guard all
    views of the project, add ``"starterkit_core.permissions.PassesAccessGates"`` to
    ``DEFAULT_PERMISSION_CLASSES``.
    """
    preset = {
        "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
        "DEFAULT_PARSER_CLASSES": ["starterkit_core.http.parsers.JSONParser"],
        "DEFAULT_RENDERER_CLASSES": ["starterkit_core.http.renderers.JSONRenderer"],
        "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
        "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.PageNumberPagination",
        "PAGE_SIZE": PAGE_SIZE,
        "NUM_PROXIES": proxies,
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


def openapi(
    title: str,
    *,
    version: str = "1",
    description: str = "",
    keep_authorization: bool = False,
) -> dict[str, Any]:
    """Return ``SPECTACULAR_SETTINGS``: OpenAPI 3.1, suited to client generators.

    With ``keep_authorization`` Swagger UI stores the token you authorize with in the
    browser, so that it outlives a reload: for a machine of a developer.
    """
    return {
        "TITLE": title,
        "VERSION": version,
        "DESCRIPTION": description,
        "OAS_VERSION": "3.1.1",
        "SERVERS": [{"url": "/"}],
        "SERVE_INCLUDE_SCHEMA": False,
        "SWAGGER_UI_SETTINGS": {
            "deepLinking": True,
            "persistAuthorization": keep_authorization,
        },
        "COMPONENT_SPLIT_REQUEST": True,
        "COMPONENT_SPLIT_PATCH": False,
        "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
        "PREPROCESSING_HOOKS": ["starterkit_core.openapi.hooks.load_extensions"],
        "POSTPROCESSING_HOOKS": [
            "drf_spectacular.hooks.postprocess_schema_enums",
            "starterkit_core.openapi.hooks.introduce",
        ],
    }
