"""How to cite, from CITATION.cff: a line to copy, and BibTeX."""

from __future__ import annotations

from pathlib import Path

import yaml

__all__ = ["filled"]

MARK = "<!-- citation -->"


def filled(text: str, root: Path) -> str:
    """Put the citation in the place of the mark."""
    known = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    people = [one.get("name") or f"{one['family-names']}, {one['given-names']}"
              for one in known["authors"]]  # fmt: skip
    line = f"{'; '.join(people)}. {known['title']}, version {known['version']}."
    fields = {
        "author": " and ".join(f"{{{name}}}" for name in people),
        "title": f"{{{known['title']}}}",
        "version": str(known["version"]),
        "note": f"Licence: {known['license']}",
    }
    bibtex = ",\n".join(f"  {key} = {{{value}}}" for key, value in fields.items())
    shown = f"> {line}\n\n```bibtex\n@software{{paintrend,\n{bibtex}\n}}\n```"
    return text.replace(MARK, shown)
