"""OpenAPI of POST v1/users/imports/."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe
from starterkit_users.v1.users.imports.examples import IMPORT

FILE = "email;first_name;last_name\r\nada@example.com;Ada;Lovelace\r\n"

WAITING = IMPORT | {
    "state": "waiting",
    "lines_done": 0,
    "created": 0,
    "updated": 0,
    "refused": 0,
    "errors": [],
    "finished_at": None,
}

start_import = describe(
    operation_id="users_start_import",
    tags=["Users"],
    summary="Import users",
    description=(
        "Takes a file of CSV: UTF-8, a line of names first, with commas, semicolons or "
        "tabs between, at most 10 MB and 100,000 lines. A task creates the users whom "
        "`key` does not find, without a password, and changes the names of the others; "
        "an empty cell changes no value, and no import sets passwords, rights or "
        "another address. The same file again is the same import. For administrators "
        "with Django's permissions to add and to change users. `Location` tells how "
        "far it is."
    ),
    examples=[
        OpenApiExample("A file", value=FILE, media_type="text/csv", request_only=True),
        OpenApiExample(
            "Started", value=WAITING, response_only=True, status_codes=["202"]
        ),
    ],
)
