"""Read the sections of an account that a client asks for."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.ports import account_sections
from starterkit_core.ports.account_sections import AccountSection
from starterkit_core.use_cases import Input, UseCase
from starterkit_users.errors import UnknownSection

logger = logging.getLogger("starterkit.users")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSectionsInput(Input):
    """Whose account, and the names of the sections."""

    user: AbstractBaseUser
    names: Sequence[str]


class ReadSections(UseCase[ReadSectionsInput, dict[str, Any]]):
    """Return the sections by name; None for one that cannot be read.

    Raises:
        UnknownSection: no module has registered it.
    """

    raises = (UnknownSection,)
    atomic = False

    def run(self) -> dict[str, Any]:
        return {it.name: self.read(it) for it in self.find_sections()}

    def find_sections(self) -> list[AccountSection]:
        """Return what was asked for.

        Raises:
            UnknownSection: no module has registered it.
        """
        registered = account_sections.sections()
        if not {*self.input.names} <= registered.keys():
            raise UnknownSection
        return [registered[name] for name in dict.fromkeys(self.input.names)]

    def read(self, section: AccountSection) -> Any:
        """Return a section, or None: a module that fails must not hide the account."""
        try:
            return section.read(self.input.user)
        except Exception:
            logger.exception("The section %s of an account failed", section.name)
            return None
