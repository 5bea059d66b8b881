from dataclasses import dataclass
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import IntegrityError

from starterkit_core.signals import announce
from starterkit_core.use_cases import Input, UseCase, step_deprecated
from tests.sample.errors import NameTaken
from tests.sample.models import Thing
from tests.sample.signals import thing_created


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateThingInput(Input):
    """What to create, and for whom."""

    user: AbstractBaseUser
    name: str
    note: str | None = None


class CreateThing(UseCase[CreateThingInput, Thing]):
    """Create a thing.

    Raises:
        NameTaken: another thing has this name.
    """

    raises = (NameTaken,)

    def run(self) -> Thing:
        self.check_name(self.input.name)
        thing = self.save_thing(self.thing_fields())
        self.announce(thing)
        return thing

    def check_name(self, name: str) -> None:
        """Check the name alone."""
        self.check_word(name)

    @step_deprecated("Override check_name() instead; check_word() goes in 1.0.")
    def check_word(self, name: str) -> None:
        """The older name of ``check_name``."""

    def thing_fields(self) -> dict[str, Any]:
        """Return the values of the new row."""
        return {"name": self.input.name, "note": self.input.note}

    def save_thing(self, fields: dict[str, Any]) -> Thing:
        """Insert the row; the database keeps names unique."""
        try:
            return Thing.objects.create(**fields)
        except IntegrityError as error:
            raise NameTaken from error

    def announce(self, thing: Thing) -> None:
        """Send ``thing_created`` after the commit."""
        announce(thing_created, Thing, thing=thing)

    def _secret(self) -> None:
        """Do what no host may override."""
