"""The mail about a new version of a document."""

from functools import cached_property
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.db.databases import rows_of
from starterkit_core.services.mail import Mail
from starterkit_terms.conf import conf
from starterkit_terms.models import NoticeDelivery, VersionText
from starterkit_terms.services.recipients import address_of, has_left


class NoticeMail(Mail):
    """Says what changes, from when, and where to read it; fact ``notice``, an id."""

    template = "starterkit_terms/mail/notice"

    @cached_property
    def notice(self) -> NoticeDelivery | None:
        """The proof that is saved with the mail, or None if it is gone."""
        rows = rows_of(NoticeDelivery).select_related("user", "version__document")
        return rows.filter(pk=self.facts["notice"]).first()

    def reader(self) -> AbstractBaseUser | None:
        return self.notice.user if self.notice else None

    def recipient(self) -> str | None:
        """Return the address, or None if the account was closed or erased since."""
        user = self.reader()
        return None if user is None or has_left(user) else address_of(user) or None

    def context(self) -> dict[str, Any]:
        """Return the text's title, the dates, what has changed, and the link."""
        notice = self.notice
        if notice is None:
            return {}
        version = notice.version
        texts = rows_of(VersionText).filter(version=version.pk, locale=notice.locale)
        must_accept = (
            version.document.mandatory
            and version.change_class == version.ChangeClass.ACTIVE
        )
        return {
            "title": texts.values_list("title", flat=True).get(),
            "label": version.label,
            "summary": version.change_summary,
            "effective_at": version.effective_at,
            "deadline": version.deadline if must_accept else None,
            "link": link_to(notice),
        }


def link_to(notice: NoticeDelivery) -> str:
    """Return the URL of the project's page with the text, or ``""``."""
    parts = {
        "document": notice.version.document.key,
        "number": str(notice.version.number),
        "locale": notice.locale,
    }
    url = conf.NOTICE_URL
    for name, value in parts.items():
        url = url.replace(f"{{{name}}}", value)
    return url
