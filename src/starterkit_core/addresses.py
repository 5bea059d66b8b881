"""Which addresses are one mailbox: the rule of the project, on top of all spellings.

What the part before the @ means, its mail server alone decides. Many deliver
``ada+news@`` to ``ada@``, which is called a sub-address or tag (RFC 5233); a few ignore
dots. A project that knows it of its users names a rule in
``STARTERKIT_CORE["EMAIL_RULE"]``; by default there is none.
"""

from collections.abc import Callable

from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from starterkit_core.conf import conf, until_settings_change
from starterkit_core.utils.emails import canonical_spelling

Rule = Callable[[str, str], str]
"""Gets both parts of an address in canonical spelling; returns the one before the @.

It may leave out the dots, and a tag: the first "+" and what follows. ``""`` keeps the
part as it was. It is never asked about a part in quotes.
"""

GMAIL = frozenset({"gmail.com", "googlemail.com"})
"""Domains whose mail server ignores dots and tags."""

TAGGING = frozenset(
    {
        *("outlook.com", "hotmail.com", "live.com"),
        *("icloud.com", "me.com", "mac.com"),
        *("proton.me", "protonmail.com", "pm.me"),
        "fastmail.com",
    }
)
"""Domains whose mail server ignores tags."""

SAMPLES = tuple(
    f"{local}@{domain}"
    for local in ("ada", "a.d.a", "ada+news", "a.d.a+n.e.w", "a+b+c", "ada+", "+a", ".")
    for domain in ("example.com", "gmail.com", "outlook.com", "icloud.com", "proton.me")
)
"""Addresses that a rule is tried with, once the project starts."""


def canonical_email(address: str) -> str:
    """Return the key of an address: equal for all spellings of one mailbox.

    That is ``utils.emails.canonical_spelling()``, and what ``EMAIL_RULE`` makes of it.
    Use it for lookups and uniqueness, never as a recipient. It is idempotent.

    Raises:
        ValueError: the address is malformed, too long, or has invisible characters.
        ImproperlyConfigured: the rule goes beyond what a rule may.
    """
    return canonical_by(active_rule(), address)


def canonical_by(rule: Rule | None, address: str) -> str:
    """Return what ``canonical_email`` does, by another rule; None is no rule."""
    spelling = canonical_spelling(address)
    local, _, domain = spelling.rpartition("@")
    if rule is None or local.startswith('"'):
        return spelling
    made = rule(local, domain)
    if made not in _allowed(local):
        raise ImproperlyConfigured(
            f"EMAIL_RULE made {made!r} of {local!r}. A rule may leave out the dots, "
            "the tag that begins with the first '+', or both."
        )
    return f"{made or local}@{domain}"


@until_settings_change
def active_rule() -> Rule | None:
    """Return the rule of the project, or None.

    Raises:
        ImportError: there is none at this path; a system check says so at the start.
    """
    rule: Rule | None = import_string(conf.EMAIL_RULE) if conf.EMAIL_RULE else None
    return rule


def problem_with_rule(path: str) -> str:
    """Return what is wrong with the rule at a dotted path, or ``""``."""
    try:
        rule = import_string(path)
    except ImportError as error:
        return f"cannot be imported: {error}"
    if not callable(rule):
        return "is not callable"
    return next(filter(None, (_problem_with(rule, it) for it in SAMPLES)), "")


def without_tags(local: str, domain: str) -> str:
    """Take ``ada+news`` for ``ada``, at every domain.

    A domain whose server does not know tags has two mailboxes there, perhaps of two
    people; then the owner of the one cannot sign up beside the other. See RFC 5233.
    """
    return local.partition("+")[0]


def known_providers(local: str, domain: str) -> str:
    """Leave out what large providers ignore: dots at Gmail, tags at all of them.

    * Gmail, dots and tags: https://support.google.com/mail/answer/7436150
    * Outlook.com, tags, as in Exchange Online:
      https://learn.microsoft.com/exchange/recipients-in-exchange-online/plus-addressing-in-exchange-online
    * Proton Mail, tags: https://proton.me/support/creating-aliases
    * Fastmail, tags: https://www.fastmail.help/hc/en-us/articles/360060591053
    * iCloud Mail, tags: Apple has no page about it; known from use.

    Domains of one provider stay different, as not all have the same mailboxes.
    """
    if domain in GMAIL:
        return without_tags(local, domain).replace(".", "")
    return without_tags(local, domain) if domain in TAGGING else local


def _allowed(local: str) -> tuple[str, ...]:
    """Return what a rule may make of the part before the @."""
    untagged = local.partition("+")[0]
    return ("", local, untagged, local.replace(".", ""), untagged.replace(".", ""))


def _problem_with(rule: Rule, address: str) -> str:
    """Return what is wrong with a rule, by one address, or ``""``."""
    try:
        once = canonical_by(rule, address)
        again = canonical_by(rule, once)
    except ImproperlyConfigured as error:
        return f"goes too far: {error}"
    except Exception as error:  # noqa: BLE001  # a project's rule may raise any
        return f"fails for {address!r}: {error!r}"
    return "" if again == once else f"makes {again!r} of its own result {once!r}"
