"""Where the browser is, and kaleido, which drives it; and what to say where they are not."""

from __future__ import annotations

import os
import shutil
from importlib import import_module
from pathlib import Path
from typing import Any

from paintrend.errors import BrowserError, MissingExtraError

__all__ = ["GET_ONE", "browser_path", "kaleido_module"]

GET_ONE = (
    "Install Chrome, Chromium or Edge, or set the environment variable BROWSER_PATH to the program."
)


def browser_path(purpose: str) -> str:
    """Find the browser, or say truly why there is none.

    Parameters
    ----------
    purpose
        What it is needed for, at the start of the message: "PNG, SVG and PDF".

    Raises
    ------
    MissingExtraError
        Without the extra `export`.
    BrowserError
        Without a browser, or if BROWSER_PATH names none.
    """
    chromium = kaleido_module(purpose, "choreographer.browsers.chromium").Chromium
    own = os.environ.get("BROWSER_PATH")
    if own is not None:
        if not own.strip():
            raise BrowserError(
                f"{purpose} need a browser, and the environment variable BROWSER_PATH is empty: "
                "unset it, or set it to the program of Chrome, Chromium or Edge."
            )
        if shutil.which(own) is None:
            file = Path(own)
            what = (
                "is a folder" if file.is_dir()
                else "cannot be run" if file.exists()
                else "does not exist"
            )  # fmt: skip
            raise BrowserError(
                f"{purpose} need a browser, and BROWSER_PATH names {own!r}, which {what}: set it "
                "to the program of Chrome, Chromium or Edge, or unset it."
            )
        return str(shutil.which(own))
    found = chromium.find_browser(skip_local=False)
    if not found or not Path(found).is_file():
        raise BrowserError(f"{purpose} need a browser, and none was found. {GET_ONE}")
    return str(found)


def kaleido_module(purpose: str, module: str = "kaleido") -> Any:
    """Give kaleido, or a module that comes with it.

    Raises
    ------
    MissingExtraError
        Without the extra `export`.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise MissingExtraError(
            f"{purpose} need an extra: pip install 'paintrend[export]'."
        ) from error
