"""A page on this computer: the packaged notebook, served by Voila to the person who started it."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import sys
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from paintrend.cli.console import CommandError, UsageError

__all__ = ["FIRST_PORT", "free_port", "page_url", "serve_page"]

FIRST_PORT = 8866
HOST = "127.0.0.1"
"""This computer and no other: ratings of patients do not go over a network."""
TRIED = 50


def free_port(wanted: int | None) -> int:
    """Give the port wanted, or the first that is free.

    Raises
    ------
    UsageError
        If the one wanted is not a port or is in use.
    CommandError
        If none is free.
    """
    if wanted is not None and not 1 <= wanted <= 65_535:
        raise UsageError(f"--port must be 1 to 65535, got {wanted}.")
    ports = [wanted] if wanted is not None else list(range(FIRST_PORT, FIRST_PORT + TRIED))
    for port in ports:
        with socket.socket() as probe:
            if os.name != "nt":  # there it would take a port that somebody else listens on
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port
    if wanted is not None:
        raise UsageError(f"port {wanted} is in use: leave --port out to take a free one.")
    raise CommandError(f"no port from {ports[0]} to {ports[-1]} is free; name one with --port.")


def page_url(port: int, token: str) -> str:
    """Give the address of the page, with the word that lets its owner in."""
    return f"http://{HOST}:{port}/?token={token}"


def serve_page(
    folder: Path,
    templates: Path,
    port: int,
    *,
    browser: bool,
    ready: Callable[[str], None],
) -> None:
    """Serve the notebook until Ctrl-C.

    Parameters
    ----------
    folder : Path
        A private folder, for the notebook and the description of its kernel.
    templates : Path
        Packaged notebook and page template.
    port : int
    browser : bool
        Open the page.
    ready : callable
        Called with the address once the page can be opened.
    """
    share = folder / "share"
    kernel = share / "kernels" / "paintrend"
    kernel.mkdir(parents=True)
    # A kernel of that name from elsewhere may be another Python, without paintrend.
    command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    described = {"argv": command, "display_name": "paintrend", "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(described), encoding="utf-8")
    shutil.copytree(templates / "voila", share / "voila")
    notebook = shutil.copy(templates / "explore.ipynb", folder)
    paths = [str(share), *filter(None, [os.environ.get("JUPYTER_PATH")])]
    os.environ["JUPYTER_PATH"] = os.pathsep.join(paths)
    token = secrets.token_urlsafe(24)
    url = page_url(port, token)

    def begin() -> None:
        ready(url)
        if browser:
            webbrowser.open(url)

    _run_voila(str(notebook), port, token, begin)


def _run_voila(notebook: str, port: int, token: str, begin: Callable[[], None]) -> None:
    from tornado.ioloop import IOLoop
    from traitlets.config import Config
    from voila.app import Voila  # type: ignore[import-untyped]

    settings: dict[str, Any] = {
        "Voila": {
            "ip": HOST, "port": port, "port_retries": 0, "token": token, "open_browser": False,
            "config_file_paths": [], "log_level": "ERROR",
        },
        "VoilaConfiguration": {
            "template": "paintrend", "theme": "light", "show_tracebacks": False,
            "allow_template_override": "NO", "allow_theme_override": "NO",
            "file_allowlist": [],
        },
    }  # fmt: skip
    if os.name != "nt":  # no ports between server and kernel, which others could listen to
        settings["KernelManager"] = {"transport": "ipc"}
    app = Voila.instance(config=Config(settings))
    app.initialize([notebook])
    IOLoop.current().add_callback(begin)
    app.start()
