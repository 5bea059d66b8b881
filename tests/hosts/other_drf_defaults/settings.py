"""Every setting of DRF, and what is like it in Django, is another than by default."""

from tests.hosts.base import *  # noqa: F403  # what every host has

HERE = "tests.hosts.other_drf_defaults.classes"
ODD = "%d.%m.%y"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "starterkit_auth.authentication.SessionAuthentication"
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.AdminRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.FileUploadParser"],
    "DEFAULT_PERMISSION_CLASSES": [f"{HERE}.Nobody"],
    "DEFAULT_THROTTLE_CLASSES": [
        "rest_framework.throttling.AnonRateThrottle",
        "rest_framework.throttling.UserRateThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {"anon": "3/day", "user": "3/day"},
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": f"{HERE}.LastRenderer",
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_VERSIONING_CLASS": "rest_framework.versioning.AcceptHeaderVersioning",
    "DEFAULT_VERSION": "7",
    "ALLOWED_VERSIONS": ["7", "8"],
    "VERSION_PARAM": "session_id",
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.LimitOffsetPagination",
    "PAGE_SIZE": 1,
    "DEFAULT_FILTER_BACKENDS": ["rest_framework.filters.SearchFilter"],
    "SEARCH_PARAM": "cursor",
    "ORDERING_PARAM": "limit",
    "NUM_PROXIES": 3,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "UNAUTHENTICATED_USER": f"{HERE}.anybody",
    "UNAUTHENTICATED_TOKEN": f"{HERE}.a_token",
    "VIEW_NAME_FUNCTION": f"{HERE}.view_name",
    "VIEW_DESCRIPTION_FUNCTION": f"{HERE}.view_description",
    "EXCEPTION_HANDLER": f"{HERE}.teapot",
    "NON_FIELD_ERRORS_KEY": "__all__",
    "LIST_SERIALIZER_ERRORS_AS_DICT": False,
    "TEST_REQUEST_RENDERER_CLASSES": ["rest_framework.renderers.MultiPartRenderer"],
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "URL_FORMAT_OVERRIDE": "limit",
    "FORMAT_SUFFIX_KWARG": "session_id",
    "URL_FIELD_NAME": "id",
    "DATE_FORMAT": ODD,
    "DATE_INPUT_FORMATS": [ODD],
    "DATETIME_FORMAT": ODD,
    "DATETIME_INPUT_FORMATS": [ODD],
    "TIME_FORMAT": ODD,
    "TIME_INPUT_FORMATS": [ODD],
    "DURATION_FORMAT": "iso-8601",
    "UNICODE_JSON": False,
    "COMPACT_JSON": False,
    "STRICT_JSON": False,
    "COERCE_DECIMAL_TO_STRING": False,
    "COERCE_BIGINT_TO_STRING": True,
    "UPLOADED_FILES_USE_URL": False,
    "HTML_SELECT_CUTOFF": 1,
    "HTML_SELECT_CUTOFF_TEXT": "…",
    "SCHEMA_COERCE_PATH_PK": False,
    "SCHEMA_COERCE_METHOD_NAMES": {},
}

USE_THOUSAND_SEPARATOR = True
NUMBER_GROUPING = 1
DATETIME_FORMAT = "y"
DEFAULT_CHARSET = "iso-8859-1"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3
