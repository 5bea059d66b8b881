"""One typed name for a model that a host may swap."""

from functools import cached_property
from typing import Generic, TypeVar, cast

import swapper
from django.db import models

M = TypeVar("M", bound=models.Model)


class Swappable(Generic[M]):
    """A swappable model: called, it returns the class in force.

    >>> document_model = Swappable[AbstractDocument]("starterkit_terms", "Document")
    >>> document_model().objects.all()

    Call it at run time, never at import, as ``get_user_model()``.
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

    def __call__(self) -> type[M]:
        """Return the model class in force."""
        return self._model

    @cached_property
    def _model(self) -> type[M]:
        return cast("type[M]", swapper.load_model(self.app_label, self.name))
