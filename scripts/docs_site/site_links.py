"""Links that work in the repository and on the site: what lies outside docs/ has a place there."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from pathlib import Path

__all__ = ["files_linked", "rewritten", "uri_of"]

LINK = re.compile(r"(!?\[[^\]]*\]\()([^)\s#]+)(#[^)\s]*)?(\))")
REMOTE = re.compile(r"^(?:[a-z]+:|//|/)")


def uri_of(path: str) -> str:
    """Give the place on the site of a file of the repository.

    Examples
    --------
    >>> uri_of("docs/courses.md"), uri_of("notebooks/01_first_look.ipynb")
    ('courses.md', 'notebooks/01_first_look.md')
    >>> uri_of("README.md"), uri_of("data/sample/cohort.csv")
    ('project/readme.md', 'project/data/sample/cohort.csv')
    """
    if path.startswith("docs/"):
        return path.removeprefix("docs/")
    if path.endswith(".ipynb"):
        return path.removesuffix(".ipynb") + ".md"
    if path.endswith(".md"):
        # a page named README would become the index of its folder
        folder, name = posixpath.split(path)
        return posixpath.join("project", folder.replace("/", "_"), name.lower())
    return f"project/{path}"


def _target(root: Path, source: str, link: str) -> str | None:
    """Path in the repository of a link in a file there; None for what is no file of ours."""
    if REMOTE.match(link):
        return None
    path = posixpath.normpath(posixpath.join(posixpath.dirname(source), link))
    return path if not path.startswith("..") and (root / path).exists() else None


def files_linked(root: Path, sources: Mapping[str, str], texts: Mapping[str, str]) -> set[str]:
    """Give the files outside docs/ that pages link to and that are not pages themselves."""
    found = set()
    for uri, source in sources.items():
        for match in LINK.finditer(texts[uri]):
            path = _target(root, source, match[2])
            if path and (root / path).is_file() and not path.startswith("docs/"):
                found.add(path)
    return found - set(sources.values())


def rewritten(text: str, root: Path, source: str, uri: str) -> str:
    """Lead the links of a page to where their targets are on the site.

    Parameters
    ----------
    text
        Markdown of the page.
    root
        Top folder of the repository.
    source, uri
        The page there, and on the site.
    """

    def lead(match: re.Match[str]) -> str:
        path = _target(root, source, match[2])
        if path is None:
            return match[0]
        if (root / path).is_dir():
            return match[1].removeprefix("!").lstrip("[").removesuffix("](")
        link = posixpath.relpath(uri_of(path), posixpath.dirname(uri) or ".")
        return f"{match[1]}{link}{match[3] or ''}{match[4]}"

    return LINK.sub(lead, text)
