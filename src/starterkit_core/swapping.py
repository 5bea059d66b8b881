"""One typed name for a model that a host may swap."""

from functools import cached_property
from typing import Generic, TypeVar, cast

import swapper
from django.db import models

M = TypeVar("M", bound=models.Model)


class Swappable(Generic[M]):
    """Where a swappable model is named, pointed at and looked up.

    >>> documents = Swappable[AbstractDocument]("starterkit_terms", "Document")
    >>> documents.model.objects.all()
    """

    def __init__(self, app_label: str, name: str) -> None:
        self.app_label, self.name = app_label, name

    @property
    def label(self) -> str:
        """The model in force as ``app.Model``, for ``ForeignKey``."""
        return cast("str", swapper.get_model_name(self.app_label, self.name))

    @property
    def setting(self) -> str:
        """The setting that swaps it, for ``Meta.swappable``."""
        return cast("str", swapper.swappable_setting(self.app_label, self.name))

    @cached_property
    def model(self) -> type[M]:
        """The model class in force; ask at call time, never at import."""
        return cast("type[M]", swapper.load_model(self.app_label, self.name))
