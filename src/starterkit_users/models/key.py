"""Columns that are computed from another one, for lookups and uniqueness."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db import models
from django.db.models.signals import pre_save


class KeyField(models.CharField):  # type: ignore[type-arg]  # not at run time
    """The canonical form of another column, computed whenever it is saved.

    Django calls ``pre_save()`` in ``save()`` and in ``bulk_create()`` alike, so a key
    can be neither forgotten nor set by hand. Fixtures skip that: for them there is a
    receiver of the signal.
    """

    source: ClassVar[str]
    """The column that it is computed from."""

    @staticmethod
    def canonical(text: str, /) -> str:
        """Return the key; raises ValueError for what has none."""
        raise NotImplementedError

    def contribute_to_class(self, cls: Any, name: str, *args: Any) -> None:
        """Compute the key of rows that ``loaddata`` saves, too."""
        super().contribute_to_class(cls, name, *args)
        if not cls._meta.abstract:
            pre_save.connect(self.fill, sender=cls)

    def fill(self, *, instance: models.Model, raw: bool, **kwargs: Any) -> None:
        """Compute the key of a row that is saved as it is in a fixture."""
        if raw:
            self.pre_save(instance, add=True)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: FBT001  # Django's
        """Return the key of what is about to be saved; NULL for ``""``, if it may be.

        Raises:
            ValueError: the other column has no valid value.
        """
        key = self.key_of(getattr(model_instance, self.source))
        setattr(model_instance, self.attname, key)
        return key

    def key_of(self, text: str) -> str | None:
        """Return the key of ``text``; None for ``""``, if the column may be NULL.

        Raises:
            ValueError: it has no key.
        """
        return type(self).canonical(text) if text or not self.null else None


def key_fields(model: type[models.Model]) -> list[KeyField]:
    """Return the keys that a model has."""
    return [it for it in model._meta.concrete_fields if isinstance(it, KeyField)]


def with_keys(model: type[models.Model], names: Iterable[str]) -> set[str]:
    """Return the names of columns to save, with the keys of those among them."""
    given = {*names}
    keys = {it.attname for it in key_fields(model) if it.source in given}
    return given | keys


class KeyedModel(models.Model):
    """Saves the keys of what is saved."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the row; ``update_fields`` with a column also saves its key."""
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = with_keys(type(self), kwargs["update_fields"])
        super().save(*args, **kwargs)
