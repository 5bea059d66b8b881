"""The form of a response: JSON, whatever a project sets for its own views."""

from typing import Any

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.settings import APISettings

_SET: Any = {"FORMAT_SUFFIX_KWARG": None, "URL_FORMAT_OVERRIDE": None}
DRF_SETTINGS: Any = APISettings(_SET)
"""The settings of DRF for our endpoints: its defaults, whatever the project sets.

Neither the query nor the path of a request chooses the format of the response.
"""


class Negotiation(DefaultContentNegotiation):
    """DRF's, which reads the ``Accept`` header."""

    settings = DRF_SETTINGS
