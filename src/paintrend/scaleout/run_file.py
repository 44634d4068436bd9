"""run.json: what a folder of results is made of, how far it is, and whether it may be continued."""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection, Mapping
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from paintrend.aside import written_aside
from paintrend.errors import InputError
from paintrend.scaleout.job import Job
from paintrend.scaleout.run_contents import changes_in, noted_files
from paintrend.scaleout.run_mark import FORMAT, RUN_FILE
from paintrend.storage.documents import written_by

__all__ = [
    "DONE",
    "RUN_FILE",
    "begin",
    "clear_asides",
    "fingerprint",
    "finish",
    "forget",
    "read_run",
]

RUNNING, DONE = "running", "done"
SOFTWARE = ("numpy", "scipy", "pandas", "pyarrow", "numba")
RESULTS = ("population.json", "problems.csv", "README.txt")


def fingerprint(job: Job, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return all that the results depend on: input files, options and software.

    Processors and processes are not part of it: they change nothing.
    """
    values = {
        "input": {file.name: [file.size, file.changed] for file in job.source.files},
        "options": {
            **options,
            "scale": asdict(job.scale),
            "horizon": job.horizon,
            "criteria": asdict(job.criteria),
            "seed": job.seed,
            "draws": job.draws,
            "curves": "parquet" if job.curves else "none",
        },
        "software": {"paintrend": written_by(), **{name: version(name) for name in SOFTWARE}},
    }
    # As it comes back from a file: tuples as lists, numbers of NumPy as plain ones.
    plain: dict[str, Any] = json.loads(json.dumps(values, default=_plain))
    return plain


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else str(value)


def read_run(folder: Path) -> dict[str, Any] | None:
    """Read what a folder says of itself; None if it says nothing.

    Raises
    ------
    InputError
        If run.json is not ours.
    """
    try:
        document = json.loads((folder / RUN_FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError:
        document = None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise InputError(f"{folder / RUN_FILE} is not a file of paintrend: choose another folder.")
    return document


def begin(folder: Path, own: Mapping[str, Any], *, restart: bool) -> str:
    """Open a folder for a run; return "new", or the state of the same run begun before.

    Raises
    ------
    InputError
        If the folder holds another run, or this one with files that changed since, or results that
        no run.json tells of.
    """
    found = read_run(folder)
    if found is not None and restart:
        forget(folder)
        found = None
    if found is not None:
        differing = _differences(found.get("fingerprint", {}), own)
        if differing:
            raise InputError(
                f"{folder} holds {'results' if found.get('state') == DONE else 'a run'} of another "
                f"input or with other options: {'; '.join(differing)}. Choose another folder, or "
                "restart=True to throw these away."
            )
        if found.get("state") != DONE:
            return RUNNING
        absent, other = changes_in(folder, found)
        if other:
            raise InputError(
                f"{folder} holds the results of this run, but since it ended {_listed(other)} "
                "changed: choose another folder, or restart=True to fit anew here."
            )
        if absent:
            # what is lost is made again; the rest is known to be of this run
            _write(folder, {"state": RUNNING, "fingerprint": own})
            return RUNNING
        return DONE
    theirs = [name for name in ("courses", "curves", "population.json") if (folder / name).exists()]
    if theirs:
        raise InputError(
            f"{folder} holds {', '.join(theirs)}, but no {RUN_FILE} that says of what: choose "
            "another folder."
        )
    _write(folder, {"state": RUNNING, "fingerprint": own})
    return "new"


def clear_asides(folder: Path) -> None:
    """Delete what a killed run was writing when it was killed."""
    for place in (folder, folder / "courses", folder / "curves"):
        for aside in place.glob(".*.part.*"):
            aside.unlink(missing_ok=True)


def finish(folder: Path, own: Mapping[str, Any], told: Mapping[str, Any]) -> None:
    """Say that all results are there, and what they are."""
    _write(folder, {"state": DONE, "fingerprint": own, **told, "files": noted_files(folder)})


def forget(folder: Path, keep: Collection[str] = ()) -> None:
    """Delete what a run wrote; run.json last, so that it is known whose the rest is."""
    for kept in (folder / ".work").glob("*"):
        if kept.is_dir():
            shutil.rmtree(kept, ignore_errors=True)
        elif kept.name != "lock":
            kept.unlink(missing_ok=True)
    for kind in ("courses", "curves"):
        for part in (folder / kind).glob("part-*.parquet"):
            part.unlink()
        if (folder / kind).is_dir() and not any((folder / kind).iterdir()):
            (folder / kind).rmdir()
    for name in (name for name in (*RESULTS, RUN_FILE) if name not in keep):
        (folder / name).unlink(missing_ok=True)


def _write(folder: Path, values: Mapping[str, Any]) -> None:
    with written_aside(folder / RUN_FILE) as aside:
        text = json.dumps({"format": FORMAT, **values}, indent=1, default=_plain)
        aside.write_text(text + "\n", encoding="utf-8")


def _differences(there: Mapping[str, Any], here: Mapping[str, Any]) -> list[str]:
    """Say what differs, input first."""
    found = []
    files, own = there.get("input", {}), here["input"]
    found += [f"{name} is not there any more" for name in files if name not in own]
    found += [f"{name} is new" for name in own if name not in files]
    found += [
        f"{name} has changed (size or time)"
        for name in own
        if name in files and files[name] != own[name]
    ]
    for group in ("options", "software"):
        one, other = _flat(there.get(group, {})), _flat(here[group])
        found += [
            f"{name}: {one.get(name)!r} there, {other.get(name)!r} here"
            for name in sorted({*one, *other})
            if one.get(name) != other.get(name)
        ]
    more = [f"and {len(found) - 8} more"] if len(found) > 8 else []
    return found[:8] + more


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - 4} more" if len(names) > 4 else ""
    return f"{', '.join(names[:4])}{more} {'has' if len(names) == 1 else 'have'}"


def _flat(values: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, dict):
            out |= _flat(value, f"{before}{name}.")
        else:
            out[f"{before}{name}"] = value
    return out
