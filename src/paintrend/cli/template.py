"""`paintrend template -o FILE`: a form to fill in."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from paintrend.cli.console import OutputError, say, writing
from paintrend.cli.inputs import scale_of
from paintrend.diary import write_template
from paintrend.scales import get_scale

__all__ = ["run"]


def run(arguments: Namespace) -> int:
    """Write the form."""
    scale, path = scale_of(arguments) or get_scale("nrs"), Path(arguments.output)
    if path.exists():
        raise OutputError(f"{path} exists and may hold data: give another name.")
    if not path.parent.is_dir():
        raise OutputError(f"there is no folder {path.parent}.")
    with writing(path):
        write_template(path, scale)
    sys.stdout.write(f"{path}\n")
    if not arguments.quiet:
        say(f"A form for {scale.label}. Delete the example rows, then: paintrend check {path}")
    return 0
