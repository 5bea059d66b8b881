from collections.abc import Collection, Iterable
from typing import Any, ClassVar, NoReturn, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from starterkit_core.db.base_model import BaseModel
from starterkit_core.utils.emails import MAX_LENGTH, canonical_email
from starterkit_users.models.email_key import EmailKeyField, validate_canonical

TAKEN = _("Another account has this address.")


class UserQuerySet(models.QuerySet[Any]):
    """Users; whatever changes an address in bulk changes its key too."""

    def with_address(self, address: str) -> Self:
        """Keep whoever has this address, in whatever spelling; at most one."""
        try:
            return self.filter(email_key=canonical_email(address))
        except ValueError:
            return self.none()

    def update(self, **kwargs: Any) -> int:
        """Change rows; an ``email`` given as text brings its key along."""
        if "email" in kwargs and "email_key" not in kwargs:
            kwargs["email_key"] = canonical_email(kwargs["email"])
        return super().update(**kwargs)

    def bulk_update(
        self, objs: Iterable[Any], fields: Iterable[str], batch_size: int | None = None
    ) -> int:
        """Change rows, each to its own values."""
        users, names = tuple(objs), {*fields}
        if "email" in names:
            names.add("email_key")
            for user in users:
                user.email_key = canonical_email(user.email)
        return super().bulk_update(users, sorted(names), batch_size)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]  # made at run time
    """Makes and finds users by their address."""

    def create_user(
        self, email: str, password: str | None = None, **fields: Any
    ) -> Any:
        """Save and return a user; without a password it cannot be signed in with.

        Raises:
            ValueError: the address is none.
        """
        user = self.model(email=email.strip(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(
        self, email: str, password: str | None = None, **fields: Any
    ) -> Any:
        """Save and return a user who may do everything."""
        rights = {"is_staff": True, "is_superuser": True}
        return self.create_user(email, password, **rights | fields)

    def get_by_natural_key(self, username: str | None) -> Any:
        """Return the user with this address, in whatever spelling.

        Raises:
            DoesNotExist: there is none, or this is no address.
        """
        key = self._key(username)
        return self._same(self.get(email_key=key), key)

    async def aget_by_natural_key(self, username: str | None) -> Any:
        """Return what ``get_by_natural_key`` does."""
        key = self._key(username)
        return self._same(await self.aget(email_key=key), key)

    def _key(self, username: str | None) -> str:
        try:
            return canonical_email(username or "")
        except ValueError:
            self._refuse()

    def _same(self, user: Any, key: str) -> Any:
        # MariaDB's usual collations take é for e; a lookup must not.
        return user if user.email_key == key else self._refuse()

    def _refuse(self) -> NoReturn:
        raise self.model.DoesNotExist


class AbstractUser(BaseModel, PermissionsMixin, AbstractBaseUser):
    """Somebody with an account, who signs in with an e-mail address.

    Mail goes to ``email``, which stays as it was typed. Accounts are found by and
    unique in ``email_key``, which follows it, so that no other spelling of a taken
    address makes a second account.
    """

    email = models.EmailField(
        _("email address"),
        max_length=MAX_LENGTH,
        validators=[validate_canonical],
        error_messages={"unique": TAKEN},
    )
    email_key = EmailKeyField(
        _("key of the email address"),
        max_length=MAX_LENGTH,
        unique=True,
        editable=False,
        blank=True,
    )
    first_name = models.CharField(_("first name"), max_length=150, blank=True)
    last_name = models.CharField(_("last name"), max_length=150, blank=True)
    is_staff = models.BooleanField(
        _("staff"), default=False, help_text=_("May enter the administration.")
    )
    is_active = models.BooleanField(
        _("active"),
        default=True,
        help_text=_("May sign in. Switch this off rather than deleting the account."),
    )

    objects: ClassVar[Any] = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        abstract = True
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            # The key says it all; this one is for Django's check auth.E003.
            models.UniqueConstraint(
                fields=["email"], name="%(app_label)s_%(class)s_email"
            ),
        ]

    def __str__(self) -> str:
        return self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store the row; the key of the address never stays behind."""
        fields = kwargs.get("update_fields")
        if fields is not None and "email" in fields:
            kwargs["update_fields"] = {*fields, "email_key"}
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """Leave the address as it was typed, which Django's base class would not."""

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """Say that an address is taken in terms of the field that people see.

        Raises:
            ValidationError: for ``email``, whichever spelling is taken.
        """
        exclude = {*(exclude or ())}
        super().validate_constraints({*exclude, "email", "email_key"})
        if "email" not in exclude and self._is_taken():
            raise ValidationError({"email": ValidationError(TAKEN, code="unique")})

    def _is_taken(self) -> bool:
        others = type(self)._base_manager.exclude(pk=self.pk)
        return others.filter(email_key=canonical_email(self.email)).exists()

    def get_full_name(self) -> str:
        """Return both names, or nothing."""
        return f"{self.first_name} {self.last_name}".strip()

    def get_short_name(self) -> str:
        """Return the first name, or nothing."""
        return self.first_name


class User(AbstractUser):
    """The user model for projects that need no more; swap it by ``AUTH_USER_MODEL``."""

    class Meta(AbstractUser.Meta):
        swappable = "AUTH_USER_MODEL"
