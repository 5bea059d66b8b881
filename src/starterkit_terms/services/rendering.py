"""Renders Markdown as sanitized HTML.

Only this file uses markdown-it-py and nh3. They are imported when a text is published:
no other request needs them.
"""

# ruff: noqa: PLC0415  # imported late, as the docstring says

import re
from importlib.metadata import version

TAGS = {
    *("p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote"),
    *("ul", "ol", "li", "strong", "em", "s", "code", "pre", "a"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
"""No images: an external one would tell its server who reads the terms."""

ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
SAFE_LINK = re.compile(r"(https://|mailto:|tel:)", re.IGNORECASE)


def render(source: str) -> str:
    """Return ``source`` as HTML of the allowed tags; HTML in it shows as text."""
    import nh3
    from markdown_it import MarkdownIt

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
    """Return the libraries and their versions, as saved with each text."""
    libraries = ("markdown-it-py", "nh3")
    return ", ".join(f"{library} {version(library)}" for library in libraries)


def _filter(tag: str, name: str, value: str) -> str | None:
    """Drop links with another scheme than https, mailto and tel."""
    if name == "href" and not SAFE_LINK.match(value):
        return None
    return value
