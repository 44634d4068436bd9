"""FHIR resources from files: bundles, pages of bundles, NDJSON, single resources.

Nothing here is compressed, so a file takes memory in proportion to its own length, as CSV does:
there is no limit to its size. How deep it may be nested, the JSON parser limits.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from os import PathLike, fspath
from pathlib import Path
from typing import Any, NamedTuple

from paintrend.errors import DiaryError, InputError
from paintrend.readers.problems import file_error
from paintrend.results.provenance import PROVENANCE

__all__ = ["Entry", "Resources", "read_resources"]

ENDS = (".json", ".ndjson", ".jsonl")
DEEPEST = 3
"""Bundles and lists within each other that are opened."""
NO_XML = "FHIR in XML is not read: export it as JSON or NDJSON."
LINE_END = re.compile("\r\n?|\n")
"""Other ends of lines, such as U+2028, may stand within the texts of JSON."""


class Entry(NamedTuple):
    """A resource, where it was found, and its full address, if the bundle gives one."""

    resource: dict[str, Any]
    where: str
    full_url: str


@dataclass(eq=False)
class Resources:
    """What the files hold.

    Parameters
    ----------
    entries : list of Entry
    broken : list of (str, str)
        Where something is that is no resource, and why.
    files : tuple of str
    notices : list of str
    """

    entries: list[Entry] = field(default_factory=list)
    broken: list[tuple[str, str]] = field(default_factory=list)
    files: tuple[str, ...] = ()
    notices: list[str] = field(default_factory=list)
    own: set[str] = field(default_factory=set)
    following: dict[str, str] = field(default_factory=dict)
    total: int = 0
    matches: int = 0


def read_resources(source: Any) -> Resources:
    """Read all resources of a file, several files, a folder, or a bundle in memory.

    Raises
    ------
    DiaryError
        If a file is missing, empty, no JSON, or holds no resource; if the bundle goes on on a page
        that was not given.
    """
    found = Resources()
    if isinstance(source, Mapping):
        _take(dict(source), "bundle", "", found, 0)
        found.files = ("bundle",)
    else:
        paths = list(_paths(source))
        found.files = tuple(path.name for path in paths)
        for path in paths:
            _read_file(path, f"{path.name} " if len(paths) > 1 else "", found)
    name = ", ".join(found.files[:3])
    if not found.entries and not found.broken:
        raise file_error(name, "there is no resource in it", "Export it again as FHIR JSON.")
    missing = {url: where for url, where in found.following.items() if url not in found.own}
    # Servers may name a page otherwise than the link to it: then the number of matches tells.
    if missing and not (found.total and found.matches >= found.total):
        where = next(iter(missing.values()))
        raise file_error(
            name,
            f"the bundle goes on on another page ({where}), which is not among the files",
            "Fetch all pages (each link next) and give them together: a list of files or a folder.",
            column="Bundle.link",
        )
    return found


def _paths(source: Any) -> Iterator[Path]:
    if isinstance(source, (str, PathLike)):
        path = Path(fspath(source))
        if path.is_dir():
            there = sorted(path.iterdir())
            inside = [one for one in there if one.suffix.lower() in ENDS]
            if not inside:
                xml = any(one.suffix.lower() == ".xml" for one in there)
                raise DiaryError(
                    f"{path} holds no file that ends in {', '.join(ENDS)}."
                    f"{f' {NO_XML}' if xml else ''}"
                )
            yield from inside
            return
        if not path.exists():
            raise DiaryError(f"there is no file {path}.")
        yield path
        return
    if isinstance(source, Sequence) and source:
        for one in source:
            yield from _paths(one)
        return
    raise InputError(
        "reading FHIR takes a path, a list of paths, a folder or a bundle as a dict; got "
        f"{type(source).__name__}."
    )


def _read_file(path: Path, prefix: str, found: Resources) -> None:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise DiaryError(f"{path} cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError:
        raise file_error(
            path.name,
            "the file is not text in UTF-8",
            "FHIR JSON is always UTF-8: export it again.",
        ) from None
    if not text.strip():
        raise file_error(path.name, "the file is empty", "Export it again.")
    lines = LINE_END.split(text)
    filled = [number for number, line in enumerate(lines) if line.strip()]
    if path.suffix.lower() != ".json" or len(filled) > 1:
        first = _parsed(lines[filled[0]])
        if isinstance(first, dict) and "resourceType" in first and len(filled) > 1:
            for number in filled:
                where = f"{prefix}line {number + 1}"
                _take(_parsed(lines[number]), where, "", found, 0)
            return
    if text.lstrip().startswith("<"):
        raise file_error(path.name, "the file is XML", NO_XML)
    whole = _parsed(text)
    if isinstance(whole, str):
        raise file_error(
            path.name, f"the file is not JSON ({whole})", "Export it again as JSON or NDJSON."
        )
    beside = _beside(whole)
    if beside:
        found.notices.append(f"{path.name} not read: it is {beside}, no resource")
        return
    _take(whole, f"{prefix}resource".strip(), "", found, 0)


def _beside(value: Any) -> str:
    """Say what a file is that lies beside resources in a folder without being one; "" if none."""
    if not isinstance(value, dict) or "resourceType" in value:
        return ""
    if value.get("format") == PROVENANCE:
        return "the provenance of a diary"
    if "transactionTime" in value and isinstance(value.get("output"), list):
        return "the manifest of a bulk export"
    return ""


def _parsed(text: str) -> Any:
    """Return what a JSON text holds, or, as a text, why it is none."""
    try:
        value = json.loads(text)
    except RecursionError:
        return "it is nested too deeply"
    except ValueError as error:
        # Python's own words for the second name a setting that users cannot change.
        return "a number has too many digits" if "digits" in str(error) else str(error)[:100]
    return "a text alone" if isinstance(value, str) else value


def _take(value: Any, where: str, full_url: str, found: Resources, depth: int) -> None:
    """Add a resource, or the resources of a bundle or list."""
    if isinstance(value, list):
        if depth >= DEEPEST:
            found.broken.append((where, "lists are nested too deeply"))
            return
        for number, one in enumerate(value, start=1):
            _take(one, f"{where} {number}", "", found, depth + 1)
        return
    kind = value.get("resourceType") if isinstance(value, dict) else None
    if not isinstance(kind, str):
        why = value if isinstance(value, str) else "no resourceType"
        found.broken.append((where, why))
        return
    if kind != "Bundle":
        found.entries.append(Entry(value, where, full_url))
        return
    if depth >= DEEPEST:
        found.broken.append((where, "bundles are nested too deeply"))
        return
    _note_page(value, where, found)
    entries = value.get("entry", [])
    if not isinstance(entries, list):
        found.broken.append((where, "Bundle.entry is no list"))
        return
    prefix = "" if where in ("bundle", "resource") else f"{where.removesuffix('resource')} "
    for number, entry in enumerate(entries, start=1):
        here = f"{prefix.lstrip()}entry {number}"
        if not isinstance(entry, dict):
            found.broken.append((here, "no entry of a bundle"))
            continue
        url = entry.get("fullUrl")
        # An entry without a resource tells of a deletion or a response: nothing to read.
        if "resource" in entry:
            _take(entry["resource"], here, url if isinstance(url, str) else "", found, depth + 1)
        search = entry.get("search")
        mode = search.get("mode", "match") if isinstance(search, dict) else "match"
        found.matches += mode == "match"


def _note_page(bundle: dict[str, Any], where: str, found: Resources) -> None:
    """Keep which page this is and which follows."""
    links = bundle.get("link", [])
    for link in links if isinstance(links, list) else []:
        if isinstance(link, dict) and isinstance(link.get("url"), str):
            if link.get("relation") == "self":
                found.own.add(link["url"])
            elif link.get("relation") == "next":
                found.following[link["url"]] = where
    total = bundle.get("total")
    if isinstance(total, int):
        found.total = max(found.total, total)
