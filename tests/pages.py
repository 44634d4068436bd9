"""Servers and pages for tests that use a browser as a person does."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 500
"""Seconds: a busy machine may be compiling; nothing waits that long where all is well."""


def listen_to_ctrl_c() -> None:
    """Undo that what was started in the background of a shell does not hear it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


class Server:
    """A process that serves pages, and what it has said so far."""

    def __init__(self, command: list[str], folder: Path, environment: dict[str, str]) -> None:
        self.lines: list[str] = []
        self._news = threading.Condition()
        self.process = subprocess.Popen(
            command, cwd=folder, env=environment, text=True, encoding="utf-8", errors="replace",
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
            preexec_fn=listen_to_ctrl_c if os.name != "nt" else None,
        )  # fmt: skip
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._news:
                self.lines.append(line)
                self._news.notify_all()
        with self._news:
            self.lines.append("")
            self._news.notify_all()

    def wait_for(self, pattern: str) -> str:
        """Wait until it says this, and give the first group."""
        seen = re.compile(pattern)

        def found() -> re.Match[str] | None:
            return next((m for line in list(self.lines) if (m := seen.search(line))), None)

        with self._news:
            self._news.wait_for(lambda: found() or "" in self.lines, PATIENCE)
        match = found()
        assert match, f"it never said {pattern!r}:\n{''.join(self.lines)}"
        return match[1]

    def stop(self, sign: int = signal.SIGTERM) -> int:
        """Ask it to end; give its exit code, or end it by force."""
        if self.process.poll() is None:
            self.process.send_signal(sign)
        try:
            return self.process.wait(60)
        finally:
            self.process.kill()
            self._reader.join(10)


def own_environment(folder: Path) -> dict[str, str]:
    """Give an environment in which no setting of the person who runs the tests plays a part."""
    places = {
        name: str(folder / name.lower())
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    }
    paths = [str(ROOT / "src"), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, **places, "PYTHONPATH": os.pathsep.join(paths), "NO_COLOR": "1"}


def free_port() -> int:
    """Give a port that nobody uses just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def jupyter_lab(folder: Path) -> Iterator[str]:
    """Start JupyterLab on copies of the notebooks and sample data; give the address of its lab."""
    for name in ("notebooks", "data/sample"):
        shutil.copytree(ROOT / name, folder / name)
    settings = folder / "settings" / "@jupyterlab" / "notebook-extension"
    settings.mkdir(parents=True)
    # Cells out of sight would else not be in the page.
    (settings / "tracker.jupyterlab-settings").write_text('{"windowingMode": "none"}')
    asked = folder / "settings" / "@jupyterlab" / "apputils-extension"
    asked.mkdir()
    # A question about news would lie over the page.
    (asked / "notification.jupyterlab-settings").write_text('{"fetchNews": "false"}')
    environment = own_environment(folder)
    environment["JUPYTERLAB_SETTINGS_DIR"] = str(folder / "settings")
    port = free_port()
    options = [
        f"--ServerApp.port={port}", "--ServerApp.ip=127.0.0.1", "--no-browser", "--allow-root",
        "--IdentityProvider.token=word", f"--ServerApp.root_dir={folder}",
        "--LabApp.check_for_updates_class="
        "jupyterlab.NeverCheckForUpdate",
    ]  # fmt: skip
    command = [sys.executable, "-m", "jupyterlab", *options]
    server = Server(command, folder, environment)
    try:
        server.wait_for(rf"(http://127\.0\.0\.1:{port}/lab)")
        yield f"http://127.0.0.1:{port}/lab/tree/{{}}?token=word"
    finally:
        server.stop()


@contextmanager
def opened_browser(chromium: str) -> Iterator[Any]:
    """Open a browser that reaches this computer only.

    One per test file, closed at its end: while it is open no other event loop can run here.
    """
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--proxy-server=127.0.0.1:9"]
        )
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def new_page(browser: Any) -> Iterator[Any]:
    """Give an empty page that waits with patience."""
    page = browser.new_page(viewport={"width": 1500, "height": 1100})
    page.set_default_timeout(1000 * PATIENCE)
    page.set_default_navigation_timeout(1000 * PATIENCE)
    try:
        yield page
    finally:
        page.close()
