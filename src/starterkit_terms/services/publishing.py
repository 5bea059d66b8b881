"""Publishing a version: from here on it stays as it is."""

from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models, transaction
from django.utils import timezone

from starterkit_core.ports import audit
from starterkit_core.signals import announce, version_published
from starterkit_terms.errors import (
    DatesOutOfOrder,
    VersionOutdated,
    VersionPublished,
    VersionWithoutText,
)
from starterkit_terms.models import (
    AbstractDocument,
    AbstractVersion,
    VersionText,
    documents,
    versions,
)
from starterkit_terms.services.rendering import render, renderer
from starterkit_terms.utils.content_hash import content_hash, normalized


def next_number(document: AbstractDocument) -> int:
    """Return the number of the next version; the document is locked from then on."""
    documents.model.objects.select_for_update().get(pk=document.pk)
    existing = versions.model.objects.filter(document=document.pk)
    highest = existing.aggregate(highest=models.Max("number"))["highest"]
    return (highest or 0) + 1


@transaction.atomic
def publish(
    version: AbstractVersion,
    *,
    effective_at: datetime | None = None,
    enforce_at: datetime | None = None,
    actor: AbstractBaseUser | None = None,
) -> AbstractVersion:
    """Freeze the texts of a draft and put it into force, at once or at a date.

    Dates are aware; without one that of the draft counts, then now. What it costs does
    not depend on how many users there are.

    Raises:
        VersionPublished: it has been published, maybe at this very moment.
        VersionWithoutText: there is nothing to publish.
        VersionOutdated: a later version has been published already.
        DatesOutOfOrder: it would take effect in the past, or be enforced before that.
    """
    _lock(version)
    now = timezone.now()
    effective_at = effective_at or version.effective_at or now
    enforce_at = enforce_at or version.enforce_at
    _check_dates(now, effective_at, enforce_at)
    _freeze_texts(version)
    _claim(version, now, effective_at, enforce_at)
    audit.record("terms.version_published", actor=actor, subject=version)
    announce(version_published, type(version), version=version)
    return version


def _lock(version: AbstractVersion) -> None:
    """Lock the document, so that one version of it is published at a time."""
    documents.model.objects.select_for_update().get(pk=version.document_id)
    version.refresh_from_db(from_queryset=versions.model.objects.select_for_update())
    if version.published_at:
        raise VersionPublished
    siblings = versions.model.objects.filter(document=version.document_id).published()
    if siblings.filter(number__gt=version.number).exists():
        raise VersionOutdated


def _check_dates(
    now: datetime, effective_at: datetime, enforce_at: datetime | None
) -> None:
    if effective_at < now or (enforce_at and enforce_at < effective_at):
        raise DatesOutOfOrder


def _freeze_texts(version: AbstractVersion) -> None:
    texts = [*VersionText.objects.filter(version=version.pk)]
    if not texts:
        raise VersionWithoutText
    for text in texts:
        _freeze(text, version)
    fields = ["title", "source", "html", "renderer", "content_hash"]
    VersionText.objects.bulk_update(texts, fields)


def _freeze(text: VersionText, version: AbstractVersion) -> None:
    text.title, text.source = normalized(text.title), normalized(text.source)
    text.html, text.renderer = render(text.source), renderer()
    text.content_hash = content_hash(
        document=version.document.key,
        number=version.number,
        locale=text.locale,
        title=text.title,
        source=text.source,
    )


def _claim(version: AbstractVersion, now: datetime, *dates: datetime | None) -> None:
    """Publish it, unless somebody else just did; the guards let nobody but us."""
    version.published_at = now
    version.effective_at, version.enforce_at = dates
    values: dict[str, Any] = {
        name: getattr(version, name)
        for name in ("published_at", "effective_at", "enforce_at")
    }
    draft = versions.model._base_manager.filter(pk=version.pk, published_at=None)
    if not draft.update(**values, updated_at=now):
        raise VersionPublished
