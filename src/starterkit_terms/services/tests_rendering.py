"""Markdown in, HTML without active content out."""

from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from starterkit_terms.services.rendering import SAFE_LINK, TAGS, render, renderer


def test_renders_the_markdown_that_terms_need():
    html = render(
        "# Terms\n\n1. One\n2. *Two*\n\n"
        "[mail](mailto:a@example.com) [page](https://example.com) [call](tel:+351)\n\n"
        "| a | b |\n| - | - |\n| 1 | 2 |\n"
    )

    for part in (
        "<h1>Terms</h1>",
        "<li>One</li>",
        "<em>Two</em>",
        'href="mailto:a@example.com"',
        'href="https://example.com"',
        'href="tel:+351"',
        "<td>1</td>",
        'rel="noopener noreferrer"',
    ):
        assert part in html


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '<a href="https://x.example" onclick="alert(1)">x</a>',
        "![pixel](https://tracker.example/p.gif)",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:x)",
        "[x](http://plain.example)",
        "[x](//other.example)",
        "[x](/relative)",
        "[x](\x01javascript:alert(1))",
        "<https://x.example/><svg onload=alert(1)>",
        '<iframe src="https://x.example"></iframe>',
        '[x](https://x.example "\\" onmouseover=alert(1)")',
        "<style>*{}</style>",
        "&#x3C;script&#x3E;alert(1)&#x3C;/script&#x3E;",
    ],
)
def test_active_content_is_rendered_inert(source):
    seen = Seen()
    seen.feed(render(source))

    assert seen.tags <= {"p", "a", "h1"}
    assert seen.attributes <= {"href", "title", "rel"}
    assert all(link.startswith("https://") for link in seen.links)


class Seen(HTMLParser):
    """What a browser would make of it."""

    def __init__(self):
        super().__init__()
        self.tags, self.attributes, self.links, self.others = set(), set(), [], []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value for name, value in attrs if name == "href"]

    def handle_comment(self, data):
        self.others.append(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def test_names_the_renderer():
    assert renderer().startswith("markdown-it-py ")


PIECES = [
    *("<script>", "</script>", "<img src=x onerror=alert(1)>", "<svg/onload=a()>"),
    *("[x](", "![x](", "](", ")", '"', "'", "`", "```", "~~~", "\n", "\n\n", "> "),
    *("javascript:", "data:text/html,", "https://x.example", "mailto:a@b.c", "//x"),
    *("&lt;", "&#x3c;", "&colon;", "&Tab;", "<!--", "-->", "<![CDATA[", "<a href="),
    *("| a |", "| - |", "[x]: ", "<https://x.example>", "<javascript:alert(1)>"),
    *("style=", "onclick=", "\u202e", "\ufeff", "\u2028", "<math><mi//xlink:href="),
    *("\x00", "\\", ">", "*", "- "),
]
"""What attackers of Markdown renderers put together."""

SOURCES = st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=30)


@given(SOURCES.map("".join) | st.text())
@settings(max_examples=300, deadline=None)
def test_whatever_comes_in_only_what_is_allowed_comes_out(source):
    seen = Seen()
    seen.feed(render(source))
    seen.close()

    assert seen.tags <= TAGS
    assert seen.attributes <= {"href", "title", "rel", "start"}
    assert all(SAFE_LINK.match(link) for link in seen.links)
    assert not seen.others
