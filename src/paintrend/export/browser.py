"""One browser for many pictures and pages: started once, never on the network, closed at the end.

Pictures are made by kaleido, pages are printed by the same Chrome or Chromium. MathJax stays off:
kaleido would fetch it, and behind a silent firewall every picture would wait for it.
"""

from __future__ import annotations

import asyncio
import base64
import json
import logging
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import Any, TypeVar

from paintrend.errors import BrowserError
from paintrend.export.program import GET_ONE, browser_path, kaleido_module

__all__ = ["Browser"]

Result = TypeVar("Result")

START_SECONDS = 60.0
"""So long may a browser take to start; a slow machine takes some seconds."""

PICTURE_SECONDS = 120.0
"""So long may one picture or page take."""

TOGETHER = 40
"""Small drawings in one message to the browser."""

TO_PNG = """async function (drawings, scale) {
  const made = [];
  for (const drawing of drawings) {
    const image = new Image();
    image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(drawing);
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.width * scale;
    canvas.height = image.height * scale;
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    made.push(canvas.toDataURL("image/png"));
  }
  return made;
}"""


class Browser:
    """A running browser, as a context manager; works where an event loop runs already.

    Parameters
    ----------
    purpose
        What it is needed for, for messages.

    Raises
    ------
    MissingExtraError
        Without the extra `export`.
    BrowserError
        Without a browser, or if it does not start.
    """

    def __init__(self, purpose: str = "PNG, SVG and PDF") -> None:
        self._purpose = purpose
        self._path = browser_path(purpose)

    def __enter__(self) -> Browser:
        # A thread of its own: a notebook has a loop already, and kaleido's shared server would
        # wait for ever for a browser that does not start.
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        try:
            self._kaleido = self._wait(self._open(), START_SECONDS)
        except Exception as error:
            self._stop()
            raise BrowserError(
                f"{self._purpose} need a browser, and {self._path} did not start as one "
                f"({_reason(error)}). {GET_ONE}"
            ) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # Its farewell is no message that the library knows: it would be logged as an error.
        log = logging.getLogger("choreographer.channels.pipe")
        before, log.disabled = log.disabled, True
        try:
            # What was drawn is there; a browser that will not close takes nothing back.
            with suppress(Exception):
                self._wait(self._kaleido.close(), START_SECONDS)
        finally:
            self._stop()
            log.disabled = before

    def picture(
        self, figure: Any, kind: str, *, width: float, height: float, scale: float = 1.0
    ) -> bytes:
        """Draw a figure as "png", "svg" or "pdf", so many pixels across and high, times `scale`.

        Raises
        ------
        BrowserError
            If it cannot be drawn.
        """
        options = {"format": kind, "width": width, "height": height, "scale": scale}
        drawn: bytes = self._made("draw", self._kaleido.calc_fig(figure, opts=options))
        return drawn

    def print_page(
        self, file: Path, *, width_mm: float, height_mm: float, footer: str = "", scale: float = 1.0
    ) -> bytes:
        """Print a page to PDF.

        Parameters
        ----------
        file
            HTML without scripts.
        width_mm, height_mm
            Of the paper.
        footer
            HTML for the foot of each page.
        scale
            Of everything on the page.

        Raises
        ------
        BrowserError
            If it cannot be printed.
        """
        options = {
            "paperWidth": width_mm / 25.4,
            "paperHeight": height_mm / 25.4,
            "printBackground": True,
            "preferCSSPageSize": False,
            "displayHeaderFooter": bool(footer),
            "headerTemplate": "<span></span>",
            "footerTemplate": footer or "<span></span>",
            "scale": scale,
            "generateTaggedPDF": True,
            # In pieces: a long report would not fit into one message of the browser.
            "transferMode": "ReturnAsStream",
        }
        return self._made("print", self._print(file.resolve().as_uri(), options))

    def rasters(self, drawings: Sequence[str], scale: float = 3.0) -> list[bytes]:
        """Turn small SVG drawings into PNG, so many dots per pixel.

        Raises
        ------
        BrowserError
            If that fails.
        """
        return self._made("draw", self._rasters(drawings, scale))

    async def _rasters(self, drawings: Sequence[str], scale: float) -> list[bytes]:
        tab = await self._kaleido.create_tab("")
        found: list[bytes] = []
        try:
            for start in range(0, len(drawings), TOGETHER):
                some = json.dumps(
                    [_with_namespace(one) for one in drawings[start : start + TOGETHER]]
                )
                answer = await _send(
                    tab, "Runtime.evaluate", expression=f"({TO_PNG})({some}, {scale})",
                    awaitPromise=True, returnByValue=True,
                )  # fmt: skip
                if "exceptionDetails" in answer:
                    raise RuntimeError(answer["exceptionDetails"].get("text", "no picture"))
                found += [
                    base64.b64decode(address.partition(",")[2])
                    for address in answer["result"]["value"]
                ]
        finally:
            await self._kaleido.close_tab(tab.target_id)
        return found

    async def _open(self) -> Any:
        kaleido = kaleido_module(self._purpose)
        return await kaleido.Kaleido(n=1, mathjax=False, timeout=PICTURE_SECONDS, path=self._path)

    async def _print(self, address: str, options: dict[str, Any]) -> bytes:
        tab = await self._kaleido.create_tab("")
        try:
            await _send(tab, "Page.enable")
            loaded = tab.subscribe_once("Page.loadEventFired")
            while loaded.done():
                loaded = tab.subscribe_once("Page.loadEventFired")
            await _send(tab, "Page.navigate", url=address)
            await loaded
            printed = await _send(tab, "Page.printToPDF", **options)
            return await _read(tab, printed["stream"])
        finally:
            await self._kaleido.close_tab(tab.target_id)

    def _made(self, verb: str, work: Coroutine[Any, Any, Result]) -> Result:
        try:
            return self._wait(work, PICTURE_SECONDS)
        except Exception as error:
            raise BrowserError(f"the browser could not {verb} it ({_reason(error)})") from error

    def _wait(self, work: Coroutine[Any, Any, Result], seconds: float) -> Result:
        task = asyncio.run_coroutine_threadsafe(asyncio.wait_for(work, seconds), self._loop)
        return task.result()

    def _stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(START_SECONDS)


async def _send(tab: Any, command: str, **parameters: Any) -> dict[str, Any]:
    answer = await tab.send_command(command, params=parameters)
    if "error" in answer:
        raise RuntimeError(answer["error"].get("message", command))
    result: dict[str, Any] = answer["result"]
    return result


async def _read(tab: Any, stream: str) -> bytes:
    parts = []
    while True:
        part = await _send(tab, "IO.read", handle=stream, size=1 << 20)
        data = part["data"]
        parts.append(base64.b64decode(data) if part.get("base64Encoded") else data.encode())
        if part["eof"]:
            await _send(tab, "IO.close", handle=stream)
            return b"".join(parts)


def _with_namespace(drawing: str) -> str:
    """Make a drawing out of a page a document of its own."""
    return drawing.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)


def _reason(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return "it took too long"
    return " ".join(str(error).split())[:200] or type(error).__name__
