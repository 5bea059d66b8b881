from collections.abc import Collection, Iterable
from typing import Any, ClassVar, NoReturn, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import FieldError, ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from starterkit_core.db.base_model import BaseModel
from starterkit_core.db.databases import rows_of
from starterkit_core.db.querysets import WriterQuerySet, alters_data
from starterkit_core.utils.emails import MAX_LENGTH, canonical_email
from starterkit_core.utils.lines import tidied
from starterkit_users.models.email_key import (
    IN_STEP,
    EmailKeyField,
    validate_canonical,
)

CHUNK = 500
"""How many rows are read at a time where each gets an address of its own."""

TAKEN = _("Another account has this address.")


class UserQuerySet(WriterQuerySet[Any]):
    """Users; bulk changes of an address also set its key."""

    def with_address(self, address: str) -> Self:
        """Keep the user with this address in any spelling; at most one."""
        try:
            return self.filter(email_key=canonical_email(address))
        except ValueError:
            return self.none()

    @alters_data
    def update(self, **kwargs: Any) -> int:
        """Update rows; ``email`` also sets its key.

        If it is an expression, each row is read and written: use it on few rows.

        Raises:
            FieldError: ``email_key`` is given without ``email``.
            ValueError: ``email`` is not a valid address.
        """
        if "email_key" in kwargs and "email" not in kwargs:
            raise FieldError("email_key follows email: update email instead.")
        if "email" not in kwargs or "email_key" in kwargs:
            return super().update(**kwargs)
        if hasattr(kwargs["email"], "resolve_expression"):
            return self._update_each(**kwargs)
        return super().update(**kwargs, email_key=canonical_email(kwargs["email"]))

    def _update_each(self, *, email: Any, **others: Any) -> int:
        self._for_write = True
        text = models.ExpressionWrapper(email, output_field=models.CharField())
        with transaction.atomic(using=self.db):
            keys = [*self.values_list("pk", flat=True)]
            for start in range(0, len(keys), CHUNK):
                rows = self._everyone.filter(pk__in=keys[start : start + CHUNK])
                users = [*rows.select_for_update().annotate(new_email=text)]
                for user in users:
                    user.email = user.new_email
                rows.bulk_update(users, ["email"])
                if others:
                    rows.update(**others)
        return len(keys)

    @property
    def _everyone(self) -> Self:
        """All users, those included that a manager of the host hides."""
        return type(self)(self.model, using=self.db)

    @alters_data
    def bulk_update(
        self, objs: Iterable[Any], fields: Iterable[str], batch_size: int | None = None
    ) -> int:
        """Update rows, each to its own values; ``email`` also sets its key."""
        users, names = tuple(objs), {*fields}
        if "email" in names:
            names.add("email_key")
            for user in users:
                user.email_key = canonical_email(user.email)
        return super().bulk_update(users, sorted(names), batch_size)

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        """Insert rows; where it updates ``email`` of existing ones, also the key."""
        names = kwargs.get("update_fields")
        if names and "email" in names:
            kwargs["update_fields"] = [*names, "email_key"]
        return super().bulk_create(objs, *args, **kwargs)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]  # made at run time
    """Creates and finds users by their address."""

    def create_user(
        self, email: str, password: str | None = None, **fields: Any
    ) -> Any:
        """Save and return a user; without a password, the user cannot sign in with one.

        Raises:
            ValueError: ``email`` is not a valid address.
        """
        user = self.model(email=email.strip(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(
        self, email: str, password: str | None = None, **fields: Any
    ) -> Any:
        """Save and return a user with all permissions."""
        rights = {"is_staff": True, "is_superuser": True}
        return self.create_user(email, password, **rights | fields)

    def get_by_natural_key(self, username: str | None) -> Any:
        """Return the user with this address in any spelling.

        Raises:
            DoesNotExist: there is none, or ``username`` is not a valid address.
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
        # MariaDB's usual collations treat é and e as equal; a lookup must not.
        return user if user.email_key == key else self._refuse()

    def _refuse(self) -> NoReturn:
        raise self.model.DoesNotExist


class AbstractUser(BaseModel, PermissionsMixin, AbstractBaseUser):
    """The account of a user who signs in with an e-mail address.

    Mail goes to ``email``, which is kept as it was typed. Lookups and uniqueness use
    ``email_key``, its canonical form, so another spelling of a taken address cannot
    create a second account.
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
            # Redundant next to the unique key, but Django's check auth.E003 wants it.
            models.UniqueConstraint(
                fields=["email"], name="%(app_label)s_%(class)s_email"
            ),
            models.CheckConstraint(
                condition=IN_STEP, name="%(app_label)s_%(class)s_email_key"
            ),
        ]
        indexes = [  # the filters of the administration, newest first
            models.Index(fields=["is_staff", "id"]),
            models.Index(fields=["is_superuser", "id"]),
            models.Index(fields=["is_active", "id"]),
        ]

    def __str__(self) -> str:
        return self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the row; ``update_fields`` with ``email`` also saves its key."""
        fields = kwargs.get("update_fields")
        if fields is not None and "email" in fields:
            kwargs["update_fields"] = {*fields, "email_key"}
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """Tidy the names, and keep the address as it was typed.

        Django's base class would normalize the address.
        """
        for name in ("first_name", "last_name"):
            if isinstance(text := getattr(self, name, None), str):
                setattr(self, name, tidied(text))

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """Report a taken address on ``email``, the field that forms show.

        Raises:
            ValidationError: for ``email``, whichever spelling is taken.
        """
        exclude = {*(exclude or ())}
        super().validate_constraints({*exclude, "email", "email_key"})
        if "email" not in exclude and self._is_taken():
            raise ValidationError({"email": ValidationError(TAKEN, code="unique")})

    def _is_taken(self) -> bool:
        others = rows_of(type(self)).exclude(pk=self.pk)
        return others.filter(email_key=canonical_email(self.email)).exists()

    def get_full_name(self) -> str:
        """Return both names, or ``""``."""
        return f"{self.first_name} {self.last_name}".strip()

    def get_short_name(self) -> str:
        """Return the first name, or ``""``."""
        return self.first_name


class User(AbstractUser):
    """The user model for projects that need no more; swap it by ``AUTH_USER_MODEL``."""

    class Meta(AbstractUser.Meta):
        swappable = "AUTH_USER_MODEL"
