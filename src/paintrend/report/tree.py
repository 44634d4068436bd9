"""A page as a tree of elements, as far as our own templates need it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

__all__ = ["Element", "parse_page"]

VOID = {"br", "img", "meta", "link", "hr", "input"}
UNSEEN = {"script", "style", "noscript", "nav", "title"}
"""Elements whose text is not part of what is read."""


@dataclass
class Element:
    """An element, what is in it, and its attributes."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)

    @property
    def classes(self) -> set[str]:
        """The classes of the element."""
        return set(self.attributes.get("class", "").split())

    @property
    def elements(self) -> list[Element]:
        """Children that are elements."""
        return [child for child in self.children if isinstance(child, Element)]

    def all(self, tag: str) -> Iterator[Element]:
        """Find all elements of a kind below this one, in order."""
        for child in self.elements:
            if child.tag == tag:
                yield child
            yield from child.all(tag)

    @property
    def text(self) -> str:
        """All text with runs of blanks as one."""
        return " ".join(self._words().split())

    def _words(self) -> str:
        if self.tag in UNSEEN:
            return ""
        if self.tag == "br":
            return " "
        return "".join(
            child if isinstance(child, str) else child._words() for child in self.children
        )


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("page")
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if any(element.tag == tag for element in self.open[1:]):
            while self.open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def parse_page(page: str) -> Element:
    """Read a page into its elements.

    Examples
    --------
    >>> page = parse_page("<main><h2>One</h2><p>two <b>three</b></p></main>")
    >>> [element.text for element in page.elements[0].elements]
    ['One', 'two three']
    """
    builder = _Builder()
    builder.feed(page)
    builder.close()
    return builder.root
