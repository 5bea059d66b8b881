from collections.abc import Collection, Iterable
from itertools import product
from typing import Any, ClassVar, NoReturn, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import FieldError, ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from starterkit_core.addresses import canonical_email
from starterkit_core.db.base_model import BaseModel
from starterkit_core.db.databases import rows_of
from starterkit_core.db.querysets import alters_data
from starterkit_core.utils.emails import MAX_LENGTH
from starterkit_core.utils.lines import tidied
from starterkit_users.models.email_key import IN_STEP, EmailKeyField, validate_canonical
from starterkit_users.models.key import KeyedModel, key_fields, with_keys
from starterkit_users.models.lifecycle import LifecycleMixin, LifecycleQuerySet
from starterkit_users.models.locales import LocaleMixin
from starterkit_users.models.preferences import PreferencesMixin

CHUNK = 500
"""How many rows are read at a time where each gets an address of its own."""

TAKEN = _("Another account has this address.")


class AccountQuerySet(LifecycleQuerySet):
    """Accounts; bulk changes of a column also set its key."""

    @alters_data
    def update(self, **kwargs: Any) -> int:
        """Update rows; a column such as ``email`` also sets its key.

        If it is an expression, each row is read and written: use it on few rows.

        Raises:
            FieldError: a key, such as ``email_key``, is given without its column.
            ValueError: the value has no key: ``email`` is not a valid address.
        """
        for key in key_fields(self.model):
            if key.attname in kwargs and key.source not in kwargs:
                raise FieldError(f"{key.attname} follows {key.source}: update that.")
        keys = [
            it
            for it in key_fields(self.model)
            if it.source in kwargs and it.attname not in kwargs
        ]
        by_row = {it.source for it in keys if _is_expression(kwargs[it.source])}
        if by_row:
            return self._update_each(by_row, **kwargs)
        made = {it.attname: it.key_of(kwargs[it.source]) for it in keys}
        return super().update(**kwargs, **made)

    def _update_each(self, columns: set[str], **values: Any) -> int:
        """Update rows of which ``columns`` get a value of their own."""
        self._for_write = True
        texts = {
            f"new_{name}": models.ExpressionWrapper(
                values.pop(name), output_field=models.CharField()
            )
            for name in columns
        }
        with transaction.atomic(using=self.db):
            keys = [*self.values_list("pk", flat=True)]
            for start in range(0, len(keys), CHUNK):
                rows = self._everyone.filter(pk__in=keys[start : start + CHUNK])
                users = [*rows.select_for_update().annotate(**texts)]
                for user, name in product(users, columns):
                    setattr(user, name, getattr(user, f"new_{name}"))
                rows.bulk_update(users, columns)
                if values:
                    rows.update(**values)
        return len(keys)

    @property
    def _everyone(self) -> Self:
        """All users, those included that a manager of the host hides."""
        return type(self)(self.model, using=self.db)

    @alters_data
    def bulk_update(
        self, objs: Iterable[Any], fields: Iterable[str], batch_size: int | None = None
    ) -> int:
        """Update rows, each to its own values; a column also sets its key."""
        users, names = tuple(objs), with_keys(self.model, fields)
        for user, key in product(users, key_fields(self.model)):
            if key.attname in names:
                key.pre_save(user, add=False)
        return super().bulk_update(users, sorted(names), batch_size)

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        """Insert rows; where it updates columns of existing ones, also their keys."""
        if names := kwargs.get("update_fields"):
            kwargs["update_fields"] = sorted(with_keys(self.model, names))
        return super().bulk_create(objs, *args, **kwargs)


def _is_expression(value: Any) -> bool:
    return hasattr(value, "resolve_expression")


class UserQuerySet(AccountQuerySet):
    """Users, who have an address."""

    def with_address(self, address: str) -> Self:
        """Keep the user with this address in any spelling; at most one."""
        try:
            return self.filter(email_key=canonical_email(address))
        except ValueError:
            return self.none()


class AccountManager(BaseUserManager.from_queryset(AccountQuerySet)):  # type: ignore[misc]  # made at run time
    """Creates accounts, and finds them by what their owners sign in with."""

    def create_user(self, *, password: str | None = None, **fields: Any) -> Any:
        """Save and return a user; without a password, the user cannot sign in with one.

        Raises:
            ValueError: a value, such as a phone number, is malformed.
        """
        user = self.model(**fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, *, password: str | None = None, **fields: Any) -> Any:
        """Save and return a user with all permissions."""
        rights = {"is_staff": True, "is_superuser": True}
        return self.create_user(password=password, **rights | fields)

    def get_by_natural_key(self, username: str | None) -> Any:
        """Return the user who signs in with ``username``, in any spelling.

        Raises:
            DoesNotExist: there is none, or no user can sign in with that.
        """
        name, value = self._key(username)
        return self._same(self.get(**{name: value}), name, value)

    async def aget_by_natural_key(self, username: str | None) -> Any:
        """Return what ``get_by_natural_key`` does."""
        name, value = self._key(username)
        return self._same(await self.aget(**{name: value}), name, value)

    def _key(self, username: str | None) -> tuple[str, Any]:
        """Return the column to look in, and the form that values have there."""
        field: Any = self.model._meta.get_field(self.model.USERNAME_FIELD)
        keys = [it for it in key_fields(self.model) if it.source == field.name]
        try:
            if keys:
                return keys[0].attname, type(keys[0]).canonical(username or "")
            return field.attname, field.to_python(username or "")
        except (ValueError, ValidationError):
            self._refuse()

    def _same(self, user: Any, name: str, value: Any) -> Any:
        # MariaDB's usual collations treat é and e as equal; a lookup must not.
        return user if getattr(user, name) == value else self._refuse()

    def _refuse(self) -> NoReturn:
        raise self.model.DoesNotExist


class UserManager(AccountManager.from_queryset(UserQuerySet)):  # type: ignore[misc]  # made at run time
    """Creates and finds users by their address."""

    def create_user(
        self, email: str, password: str | None = None, **fields: Any
    ) -> Any:
        """Save and return a user; without a password, the user cannot sign in with one.

        Raises:
            ValueError: ``email`` is not a valid address.
        """
        return super().create_user(email=email.strip(), password=password, **fields)

    def create_superuser(
        self, email: str, password: str | None = None, **fields: Any
    ) -> Any:
        """Save and return a user with all permissions."""
        rights = {"is_staff": True, "is_superuser": True}
        return self.create_user(email, password, **rights | fields)


class AbstractAccount(
    LifecycleMixin,
    LocaleMixin,
    PreferencesMixin,
    KeyedModel,
    BaseModel,
    PermissionsMixin,
    AbstractBaseUser,
):
    """All of an account but what its owner signs in with.

    For projects whose users have no e-mail address: add the unique column, and name it
    in ``USERNAME_FIELD``. With an address, take ``AbstractUser``.
    """

    first_name = models.CharField(_("first name"), max_length=150, blank=True)
    last_name = models.CharField(_("last name"), max_length=150, blank=True)
    is_staff = models.BooleanField(
        _("staff"), default=False, help_text=_("May enter the administration.")
    )
    last_seen_at = models.DateTimeField(
        _("last seen at"), null=True, blank=True, editable=False
    )
    """When a request of the user was last answered; see ``LAST_SEEN_WINDOW``."""

    objects: ClassVar[Any] = AccountManager()

    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        abstract = True
        verbose_name = _("user")
        verbose_name_plural = _("users")
        indexes = [  # the filters of the administration, newest first
            models.Index(fields=["is_staff", "id"]),
            models.Index(fields=["is_superuser", "id"]),
            models.Index(fields=["is_active", "id"]),
            models.Index(fields=["last_seen_at", "id"]),
            models.Index(fields=["status", "id"]),
        ]

    def clean(self) -> None:
        """Tidy the names, and keep what the user signs in with as it is.

        Django's base class would normalize it, also an address.
        """
        for name in ("first_name", "last_name"):
            if isinstance(text := getattr(self, name, None), str):
                setattr(self, name, tidied(text))

    def get_full_name(self) -> str:
        """Return both names, or ``""``."""
        return f"{self.first_name} {self.last_name}".strip()

    def get_short_name(self) -> str:
        """Return the first name, or ``""``."""
        return self.first_name


class AbstractUser(AbstractAccount):
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

    objects: ClassVar[Any] = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"

    class Meta(AbstractAccount.Meta):
        abstract = True
        constraints = [
            # Redundant next to the unique key, but Django's check auth.E003 wants it.
            models.UniqueConstraint(
                fields=["email"], name="%(app_label)s_%(class)s_email"
            ),
            models.CheckConstraint(
                condition=IN_STEP, name="%(app_label)s_%(class)s_email_key"
            ),
        ]

    def __str__(self) -> str:
        return self.email

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


class User(AbstractUser):
    """The user model for projects that need no more; swap it by ``AUTH_USER_MODEL``."""

    class Meta(AbstractUser.Meta):
        swappable = "AUTH_USER_MODEL"
