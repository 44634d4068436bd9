"""The frame of every page: templates, the scripts a page may run, its heading and statement."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from paintrend.aside import written_aside
from paintrend.report.text import STATEMENT
from paintrend.results.direction import in_direction
from paintrend.scales import Scale
from paintrend.wording import number

__all__ = ["render_page", "template_source", "write_page"]

TEMPLATES = jinja2.Environment(
    loader=jinja2.PackageLoader("paintrend", "report/templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render_page(
    template: str, title: str, scale: Scale, created: datetime | None, context: Mapping[str, Any]
) -> str:
    """Fill a template: what every page has, and the context of this one."""
    scripts = [Markup(get_plotlyjs()), Markup(template_source("report.js"))]
    frame: dict[str, Any] = {
        "title": title,
        "created": (created or datetime.now().astimezone()).strftime("%Y-%m-%d %H:%M"),
        "version": _version(),
        "style": Markup(template_source("report.css")),
        "scripts": scripts,
        "policy": _policy(scripts),
        "statement": STATEMENT,
        "scale": scale,
        "directed": partial(in_direction, scale=scale),
        "span": f"{number(scale.low)} to {number(scale.high)}",
    }
    return TEMPLATES.get_template(template).render({**frame, **context})


def write_page(page: str, target: Path) -> Path:
    """Write a page aside and rename it, so that a reader never meets half of one."""
    with written_aside(target) as aside:
        # Bytes: the script hashes in the page hold only if no line ending is translated.
        aside.write_bytes(page.encode("utf-8", errors="replace"))
    return target


def _policy(scripts: list[Markup]) -> str:
    """Allow the page its own two scripts and nothing from outside."""
    hashes = (
        base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
        for script in scripts
    )
    allowed = " ".join(f"'sha256-{value}'" for value in hashes)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )


def template_source(name: str) -> str:
    """Give a packaged style sheet or script as text, lines ended as the script hashes expect."""
    assert TEMPLATES.loader is not None
    return TEMPLATES.loader.get_source(TEMPLATES, name)[0].replace("\r\n", "\n")


def _version() -> str:
    try:
        return metadata.version("paintrend")
    except metadata.PackageNotFoundError:
        return "from source"
