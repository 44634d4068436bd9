"""Where compiled kernels are kept between runs. Numba is not imported: to ask costs nothing."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from functools import cache
from pathlib import Path

__all__ = ["are_compiled", "kernel_folder"]

OLD = 30 * 86_400.0


@cache
def kernel_folder() -> str:
    """Give the folder where compiled kernels are kept, "" if there is none to write into."""
    # Numba's own cache looks at one file's time stamp: a kernel that calls a changed kernel of
    # another file would go on running the old machine code after an update. One folder per content
    # of the whole layer cannot. It is the user's own: code is loaded from it.
    digest = hashlib.blake2b(digest_size=8)
    for file in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(file.read_bytes())
    own = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    try:
        folder = Path(own or Path.home() / ".cache") / "paintrend" / f"kernels-{digest.hexdigest()}"
        if not folder.exists():
            folder.mkdir(parents=True, mode=0o700)
            _forget_old(folder.parent)
    except (OSError, RuntimeError):
        return ""
    return str(folder) if os.access(folder, os.W_OK) else ""


def _forget_old(parent: Path) -> None:
    """Remove kernels of other versions that have not been used for a month."""
    for folder in parent.glob("kernels-*"):
        if time.time() - folder.stat().st_mtime > OLD:
            shutil.rmtree(folder, ignore_errors=True)


def are_compiled() -> bool:
    """Say whether a fit has been made here with kernels as they are now; yes if it cannot be known,
    as where nothing is kept or compiled."""
    folder = os.environ.get("NUMBA_CACHE_DIR") or kernel_folder()
    if not folder or os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"):
        return True
    return next(Path(folder).rglob("patients.draw_patients-*.nbi"), None) is not None
