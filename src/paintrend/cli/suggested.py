"""Arguments that a message proposes, as options that can be pasted into a shell."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Callable

__all__ = ["as_options"]

TEXT = r"(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
VALUE = rf"(?:{TEXT}|\[[^\]]*\]|[^,{{}}\[\]'\"]+)"
PAIR = rf"{TEXT}: {VALUE}"
OPTIONS = {"wide": "visits", "visit_days": "visit-days", "event_days": "event-days"}
"""Those that are called otherwise than the argument."""

PAIRS = re.compile(
    r"\b(columns|select|wide|answers|visit_days|event_days)="
    rf"\{{(?:\.\.\., )?({PAIR}(?:, {PAIR})*)(, \.\.\.)?\}}"
)
CODES = re.compile(rf"\bmissing_codes=\[((?:{TEXT}|[-\d.]+)(?:, (?:{TEXT}|[-\d.]+))*)\]")
ONE = re.compile(rf"\b(code|parameter|pain|identifier|instrument|period|sheet|date)=({TEXT})")


def as_options(text: str) -> tuple[str, list[str]]:
    """Take proposed values out of a message, so that no further change of wording meets them.

    Returns
    -------
    text : str
        With a mark in the place of each.
    options : list of str
        What belongs in these places: the option and its value, quoted for a POSIX shell and, where
        a heading or value holds a comma, for the list that it stands in.

    Examples
    --------
    >>> as_options("columns={'pain': 'NRS, today'}")[1][0]
    '--columns \\'"pain=NRS, today"\\''
    """
    options: list[str] = []

    def put(make: Callable[[re.Match[str]], str]) -> Callable[[re.Match[str]], str]:
        def replace(match: re.Match[str]) -> str:
            options.append(make(match))
            return f"\0{len(options) - 1}\0"

        return replace

    for pattern, make in ((PAIRS, _pairs), (CODES, _codes), (ONE, _one)):
        text = pattern.sub(put(make), text)
    return text, options


def _pairs(match: re.Match[str]) -> str:
    parts = [
        _listed(f"{_plain(name)}={_plain(value)}")
        for name, value in re.findall(rf"({TEXT}): ({VALUE})", match[2])
    ]
    parts += ["..."] if match[3] else []
    name = OPTIONS.get(match[1], match[1])
    return f"--{name} {_quoted(','.join(parts))}"


def _codes(match: re.Match[str]) -> str:
    codes = [_listed(_plain(one)) for one in re.findall(rf"{TEXT}|[-\d.]+", match[1])]
    # a list that begins with "-" would else be taken for an option
    return f"--missing-codes={_quoted(', '.join(codes))}"


def _one(match: re.Match[str]) -> str:
    value = _plain(match[2])
    bare = match[1] == "date" and re.fullmatch(r"\w+", value)
    return f"--{match[1]} {value if bare else _quoted(value)}"


def _plain(source: str) -> str:
    """Return the text that a literal of Python stands for."""
    if source.startswith("["):
        return "..."
    return str(ast.literal_eval(source)) if source[0] in "'\"" else source.strip()


def _listed(part: str) -> str:
    """Quote a part of a list as in CSV, where it needs to be."""
    needed = "," in part or part.startswith('"')
    return '"' + part.replace('"', '""') + '"' if needed else part


def _quoted(text: str) -> str:
    """Quote for a shell: with double quotes, which more shells know, where that is enough."""
    return shlex.quote(text) if re.search(r'["$`\\!]', text) else f'"{text}"'
