"""Keep the built site away from the network."""

from __future__ import annotations

import re
from pathlib import Path

__all__ = ["localise"]

HOST = re.compile(r"https://(?:[\w-]+\.)+\w+/")


def localise(site: Path) -> None:
    """Take out what the theme would load from a remote host, and its source maps.

    The theme's scripts ask hosts for diagrams that no page here has, for counts of a repository
    and for what browsers long gone lack. Led to a path of the site, a request fails where it
    stands.
    """
    for path in sorted(site.rglob("*.map")):
        path.unlink()
    for path in sorted((site / "assets" / "javascripts").rglob("*.js")):
        text = path.read_text(encoding="utf-8")
        kept = "\n".join(
            line for line in text.splitlines() if not line.startswith("//# sourceMappingURL=")
        )
        kept = HOST.sub("assets/absent/", kept)
        if kept != text:
            path.write_text(kept, encoding="utf-8")
