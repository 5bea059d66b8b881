"""The program and the device that called, as use cases know them."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """What is known about the program and the device that called."""

    address: str = ""
    """Network address; behind configured proxies, the one they report."""

    user_agent: str = ""
    language: str = ""
    request_id: str = ""

    device_name: str = ""
    """The device's name for itself; sent by the client, so it cannot be trusted."""

    platform: str = ""
    app_version: str = ""

    request: Any = field(default=None, repr=False, compare=False)
    """Django's request, only to hand on to receivers and backends that expect one.

    Our code does not read it. It is None in an act without a request.
    """


NO_CLIENT = Client()
"""The client of an act without a request, such as a management command."""
