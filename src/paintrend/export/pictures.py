"""Pictures of one figure, which know how large they are to be printed."""

from __future__ import annotations

import re
import struct
import zlib

from paintrend.export.browser import Browser
from paintrend.export.sizes import MM_PER_INCH, Sized

__all__ = ["png_bytes", "svg_bytes"]


def png_bytes(browser: Browser, sized: Sized, dpi: float) -> bytes:
    """Draw a figure as PNG that knows how many dots make an inch."""
    drawn = browser.picture(
        sized.figure, "png", width=sized.width, height=sized.height, scale=sized.scale * dpi / 96.0
    )
    return _with_density(drawn, dpi)


def svg_bytes(browser: Browser, sized: Sized) -> bytes:
    """Draw a figure as SVG whose size is given in millimetres."""
    drawn = browser.picture(
        sized.figure, "svg", width=sized.width, height=sized.height, scale=sized.scale
    )
    size = f'width="{sized.width_mm:.2f}mm" height="{sized.height_mm:.2f}mm"'
    head, end, rest = drawn.decode("utf-8").partition(">")
    return (re.sub(r'width="[^"]*" height="[^"]*"', size, head, count=1) + end + rest).encode()


def _with_density(png: bytes, dpi: float) -> bytes:
    """Write dots per metre into a PNG, right after its header."""
    per_metre = round(dpi / MM_PER_INCH * 1000)
    body = b"pHYs" + struct.pack(">IIB", per_metre, per_metre, 1)
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    header = 8 + 25  # signature, and the chunk IHDR
    return png[:header] + chunk + png[header:]
