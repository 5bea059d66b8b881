"""Markdown to HTML that cannot do anything but be read.

All contact with markdown-it-py and nh3 is in this file.
"""

import re
from importlib.metadata import version

import nh3
from markdown_it import MarkdownIt

TAGS = {
    *("p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote"),
    *("ul", "ol", "li", "strong", "em", "s", "code", "pre", "a"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
"""No image: one from elsewhere would tell whoever hosts it who reads the terms."""

ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
SAFE_LINK = re.compile(r"(https://|mailto:|tel:)", re.IGNORECASE)


def render(source: str) -> str:
    """Return ``source`` as HTML of the allowed tags; HTML in it shows as text."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable(
        ["table", "strikethrough"]
    )
    return nh3.clean(
        str(markdown.render(source)),
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_filter,
        url_schemes={"https", "mailto", "tel"},
        link_rel="noopener noreferrer",
    )


def renderer() -> str:
    """Return what renders, as it is stored with each text."""
    libraries = ("markdown-it-py", "nh3")
    return ", ".join(f"{library} {version(library)}" for library in libraries)


def _filter(tag: str, name: str, value: str) -> str | None:
    """Drop a link that leads anywhere but to a secure page, a mailbox or a phone."""
    if name == "href" and not SAFE_LINK.match(value):
        return None
    return value
