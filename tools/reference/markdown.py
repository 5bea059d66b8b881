"""The few forms of Markdown that the reference is made of."""

from collections.abc import Iterable
from inspect import cleandoc

GENERATED = "<!-- Written by `python -m tools.reference`; edit the code instead. -->"


def page(title: str, lead: str, blocks: Iterable[str]) -> str:
    """Return a page with a title, a first paragraph and its blocks."""
    return "\n\n".join([f"# {title}", GENERATED, lead, *blocks]) + "\n"


def anchored(name: str, anchor: str = "") -> str:
    """Return a heading with an anchor to link to, by default its name."""
    return f'<a id="{anchor or name}"></a>\n\n### `{name}`'


def prose(docstring: str | None) -> str:
    """Return a docstring as Markdown paragraphs."""
    return cleandoc(docstring or "").replace("``", "`")
