"""``STARTERKIT_USERS``: the settings of this app."""

import re
from datetime import timedelta

from django.core.files.storage import InvalidStorageError, Storage, storages

from starterkit_core.conf import AppSettings, Setting, is_absolute, is_link, positive
from starterkit_core.services.limits import rate

LONGEST_INVITATION = timedelta(days=30)
"""Upper bound of ``INVITATION_LIFETIME``."""

LONGEST_LINK = timedelta(days=7)
"""Upper bound of ``DELETION_LINK_LIFETIME``."""

REGION = re.compile("[A-Z]{2}")
"""A country (ISO 3166-1)."""

DORMANT_ACTS = ("deactivate", "erase")
"""What ``DORMANT_ACT`` may be."""

LARGEST_AVATAR = 4_096
"""Upper bound of a rendition, in pixels."""


def is_page(url: str) -> bool:
    """Return whether ``url`` is empty, or has a scheme."""
    return not url or is_absolute(url)


def are_sizes(sizes: tuple[int, ...]) -> bool:
    """Return whether each is the side of a picture, in pixels."""
    return all(
        type(size) is int and 0 < size <= LARGEST_AVATAR for size in sizes
    ) and len({*sizes}) == len(sizes)


class UsersSettings(AppSettings):
    """The settings of this app."""

    namespace = "STARTERKIT_USERS"

    FRONTEND_URL = Setting(
        "",
        accepts=lambda url: not url or is_absolute(url),
        expects="empty, or a URL that begins with a scheme",
        example="https://app.example.com",
    )
    """Base URL of your front end, such as ``https://app.example.com``."""

    INVITATION_URL = Setting(
        "{frontend}/invitation?token={token}",
        accepts=lambda url: not url or is_link(url),
        expects="empty, or a URL with {token} in it, and {frontend} or a scheme",
    )
    """The link in an invitation; the page there sends the token by POST.

    If it is empty, or needs a ``FRONTEND_URL`` that is empty, a mail has the token.
    """

    INVITATION_LIFETIME = Setting(
        timedelta(days=7),
        accepts=lambda time: positive(time) and time <= LONGEST_INVITATION,
        expects="longer than zero, at most timedelta(days=30)",
    )
    """How long an invitation is valid; 30 days at most. A new mail starts anew."""

    INVITATION_RETENTION = Setting(
        timedelta(days=30),
        accepts=lambda time: time >= timedelta(),
        expects="zero or longer",
    )
    """How long an invitation is kept after its end: accepted, revoked, or expired.

    Then ``manage.py starterkit purge`` deletes it, and its account if that was never
    used.
    """

    INVITATION_ADDRESS_LIMIT = rate("5/1d")
    """Invitations that are mailed to one address."""

    INVITATION_ACTOR_LIMIT = rate("200/1h")
    """Invitations that one administrator mails."""

    INVITATION_NETWORK_LIMIT = rate("60/15m")
    """Tries to accept an invitation, from one network address."""

    DELETION_GRACE = Setting(
        timedelta(days=14),
        accepts=lambda time: time >= timedelta(),
        expects="zero or longer",
    )
    """How long users can take the deletion of their account back; zero: not at all."""

    PAGES_URL = Setting(
        "",
        accepts=lambda url: not url or is_absolute(url),
        expects="empty, or a URL that begins with a scheme",
        example="https://api.example.com",
    )
    """Scheme and host under which browsers reach this project.

    With it there are the HTML pages on which users delete their account, and take that
    back, by a link in a mail. It is not read from requests, whose ``Host`` can be
    forged.
    """

    DELETION_LINK_LIFETIME = Setting(
        timedelta(hours=24),
        accepts=lambda time: positive(time) and time <= LONGEST_LINK,
        expects="longer than zero, at most timedelta(days=7)",
    )
    """How long the link that deletes an account is valid; 7 days at most."""

    DELETION_ADDRESS_LIMIT = rate("3/1d")
    """Mails with that link to one address."""

    DELETION_NETWORK_LIMIT = rate("10/1h")
    """Requests for that link from one network address."""

    RESERVED_USERNAMES = Setting[tuple[str, ...]]((), example=("acme",))
    """User names that no user may take, besides the usual ones such as ``admin``."""

    PHONE_REGION = Setting(
        "",
        accepts=lambda region: not region or bool(REGION.fullmatch(region)),
        expects="empty, or two letters such as 'BR'",
        example="BR",
    )
    """The country of phone numbers without one; empty: they begin with ``+``."""

    DORMANT_AFTER = Setting(
        timedelta(), accepts=lambda time: time >= timedelta(), expects="zero or longer"
    )
    """After how long without use an account is dormant; zero: no policy.

    ``manage.py users_purge`` warns its owner by mail, and does ``DORMANT_ACT`` later.
    Staff and superusers are left out.
    """

    DORMANT_WARNING = Setting(
        timedelta(days=30), accepts=positive, expects="longer than zero"
    )
    """How long before that the owner is warned, and the least that a warning lasts."""

    DORMANT_ACT = Setting(
        "deactivate",
        accepts=lambda act: act in DORMANT_ACTS,
        expects="'deactivate' or 'erase'",
    )
    """What becomes of a dormant account: the next sign-in opens it, or it is erased."""

    EXPORT_STORAGE = Setting("starterkit_private")
    """The entry of ``STORAGES`` with the files of exports; no URL may lead to them.

    Without such an entry, the endpoints of exports are absent.
    """

    EXPORT_LIFETIME = Setting(
        timedelta(hours=24), accepts=positive, expects="longer than zero"
    )
    """How long the file of an export waits to be downloaded."""

    EXPORT_RETENTION = Setting(
        timedelta(days=30), accepts=positive, expects="longer than zero"
    )
    """How long an export is listed, without its file."""

    EXPORT_LIMIT = rate("3/d")
    """How often a user may ask for an export."""

    EXPORT_PAGE = Setting(
        "",
        accepts=is_page,
        expects="empty, or a URL with a scheme",
        example="https://app.example.com/my-data",
    )
    """The page of yours that downloads an export; the mail links to it."""

    ERASURE_RETENTION = Setting(
        timedelta(days=730), accepts=positive, expects="longer than zero"
    )
    """How long the erasure log is kept; longer than your oldest backup."""

    AVATAR_SIZES = Setting[tuple[int, ...]](
        (64, 256, 512),
        accepts=are_sizes,
        expects=f"different whole numbers from 1 to {LARGEST_AVATAR}",
    )
    """The sides in pixels of the square pictures that are made of an avatar.

    Empty, there are no avatars. That is read when the process starts. Pictures that
    exist keep their sizes until they are replaced.
    """

    AVATAR_MAX_BYTES = Setting(5_000_000, accepts=positive, expects="more than zero")
    """Most bytes of a picture that is uploaded.

    A server in front, such as nginx, has a limit of its own.
    """

    AVATAR_MAX_PIXELS = Setting(25_000_000, accepts=positive, expects="more than zero")
    """Most pixels of a JPEG, width times height; of another type, a third of them.

    A JPEG is decoded at a smaller scale. Others take up to 20 bytes of memory for each
    pixel while they are decoded, one at a time in each process.
    """

    AVATAR_RATE = rate("20/h")
    """How often a user may upload a picture, also one that is refused."""

    LAST_SEEN_WINDOW = Setting(
        timedelta(minutes=15),
        accepts=lambda window: window >= timedelta(),
        expects="zero or longer",
    )
    """``last_seen_at`` of a user is saved at most once in this time; zero: never."""

    SUBSTRING_SEARCH = Setting(default=False)
    """Whether the search for users also finds what is inside of addresses and names.

    Only on PostgreSQL, and after ``manage.py users_search_index``: without its index,
    each search reads the whole table.
    """


conf = UsersSettings()


def export_storage() -> Storage | None:
    """Return the storage of the files of exports; None if the project has none."""
    try:
        return storages[conf.EXPORT_STORAGE]
    except InvalidStorageError:
        return None
