"""What mkdocs calls while it builds the site; the work is in the modules beside this one.

Set PAINTREND_DOCS=fast to build without running the gallery and the notebooks: their code is shown,
their output is not.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import site_citation
import site_figures
import site_gallery
import site_links
import site_notebooks
import site_offline
import site_reference
from mkdocs.structure.files import File

ROOT = Path(__file__).resolve().parents[2]
ASSETS = Path(__file__).resolve().parent / "assets"
SOURCES: dict[str, str] = {}
"""Page of the site -> the file of the repository that it shows."""


def fast() -> bool:
    """Whether the gallery and the notebooks are shown without being run."""
    return os.environ.get("PAINTREND_DOCS", "") == "fast"


def on_config(config: Any) -> Any:
    """Put the notebooks and the pages of the project into the navigation."""
    pages = [
        {"Notebooks": [{name: uri} for name, uri in site_notebooks.titles(ROOT)]},
    ]
    named = str(config.nav)
    guides = next(part["Guides"] for part in config.nav if "Guides" in part)
    # a page that the navigation forgot is a guide, so that nobody adds one in vain
    for path in sorted((ROOT / "docs").glob("*.md")):
        if f"'{path.name}'" not in named:
            title = path.read_text(encoding="utf-8").splitlines()[0].lstrip("# ")
            guides.append({title: path.name})
    at = next(i for i, part in enumerate(config.nav) if "How it works" in part)
    config.nav[at:at] = pages
    project = next(part["Project"] for part in config.nav if "Project" in part)
    shown = {"README.md": "Readme", "CHANGELOG.md": "Changes", "CONTRIBUTING.md": "Contributing",
             "SECURITY.md": "Security", "data/sample/README.md": "Sample data"}  # fmt: skip
    SOURCES.clear()
    for path, title in shown.items():
        uri = site_links.uri_of(path)
        SOURCES[uri] = path
        project.append({title: uri})
    return config


def on_files(files: Any, config: Any) -> Any:
    """Add what is not in docs/: notebooks, pages and files of the repository, figures, assets."""
    figures = site_figures.Figures()
    made: dict[str, str | bytes] = {}
    for file in files.documentation_pages():
        SOURCES.setdefault(file.src_uri, f"docs/{file.src_uri}")
    for name, text in site_notebooks.pages(ROOT, figures, run=not fast()).items():
        made[site_links.uri_of(name)] = text
        SOURCES[site_links.uri_of(name)] = name
    for uri, path in list(SOURCES.items()):
        if uri not in made and not path.startswith("docs/"):
            made[uri] = (ROOT / path).read_text(encoding="utf-8")
    texts = {
        uri: made.get(uri, "") or (ROOT / path).read_text(encoding="utf-8")
        for uri, path in SOURCES.items()
    }
    for path in sorted(site_links.files_linked(ROOT, SOURCES, texts)):
        made[site_links.uri_of(path)] = (ROOT / path).read_bytes()
    site_gallery.build(ROOT, figures, run=not fast())
    for asset in sorted(ASSETS.iterdir()):
        made[f"assets/paintrend/{asset.name}"] = asset.read_bytes()
    made |= figures.files()
    for uri, content in made.items():
        files.append(File.generated(config, uri, content=content))
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Any) -> str:
    """Fill in what a page only names, and lead its links to where things are on the site."""
    uri = page.file.src_uri
    if uri == "gallery.md" or uri.startswith("notebooks/"):
        # figures need the room of the column of contents
        page.meta["hide"] = ["toc"]
    source = SOURCES.get(uri, f"docs/{uri}")
    filled = {
        "gallery.md": site_gallery.filled,
        "reference.md": site_reference.filled,
        "api.md": site_reference.linked,
        "cite.md": lambda text: site_citation.filled(text, ROOT),
    }.get(uri, str)(markdown)
    return site_links.rewritten(filled, ROOT, source, uri)


def on_post_build(config: Any) -> None:
    """Take every remote host out of what the theme brings."""
    site_offline.localise(Path(config.site_dir))
