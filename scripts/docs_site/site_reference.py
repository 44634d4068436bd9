"""The reference: every public name with its docstring, in the groups of the page by task."""

from __future__ import annotations

import re

import paintrend

__all__ = ["filled", "linked", "sections"]

MARK = "<!-- reference -->"
ROW = re.compile(r"^\| (`[^|]+?`) \|", flags=re.MULTILINE)
NAME = re.compile(r"`(\w+)`")
KINDS = ("Functions", "Results and settings", "Constants", "Errors")


def _full(name: str) -> str:
    """Where a public name is defined, as its docstring is looked up."""
    value = getattr(paintrend, name)
    home = getattr(value, "__module__", None)
    own = isinstance(home, str) and home.startswith("paintrend") and hasattr(value, "__name__")
    return f"{home if own else 'paintrend.' + paintrend._HOME_OF[name]}.{name}"


def sections() -> dict[str, list[str]]:
    """Give all public names by kind."""
    found: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for name in paintrend.__all__:
        if name.startswith("__"):
            continue
        kind = (
            KINDS[3] if name.endswith("Error")
            else KINDS[2] if name.isupper()
            else KINDS[1] if name[0].isupper()
            else KINDS[0]
        )  # fmt: skip
        found[kind].append(name)
    return found


def filled(text: str) -> str:
    """Put every public name in the place of the mark."""
    parts = []
    for kind, names in sections().items():
        parts.append(f"## {kind}")
        parts += [f"::: {_full(name)}" for name in names]
    return text.replace(MARK, "\n\n".join(parts))


def linked(text: str) -> str:
    """Make the names in the first column of tables lead to the reference."""
    known = set(paintrend.__all__)

    def lead(match: re.Match[str]) -> str:
        def one(name: re.Match[str]) -> str:
            return f"[`{name[1]}`][{_full(name[1])}]" if name[1] in known else name[0]

        return f"| {NAME.sub(one, match[1])} |"

    return ROW.sub(lead, text)
