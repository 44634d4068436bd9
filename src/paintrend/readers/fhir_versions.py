"""Observations that are there several times: overlapping pages, older versions."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

from paintrend.readers.fhir_files import Entry, Resources
from paintrend.wording import plural

__all__ = ["newest_observations"]


def newest_observations(
    found: Resources,
) -> tuple[list[Entry], list[str], dict[int, list[tuple[str, str, str, str, str]]]]:
    """Return each Observation once, in its newest version, notices, and what is wrong with some.

    Versions of which none can be told to be the newest are all returned, with a problem each.
    """
    groups: dict[str, list[Entry]] = {}
    single: list[Entry] = []
    for entry in found.entries:
        if entry.resource.get("resourceType") != "Observation":
            continue
        own = entry.resource.get("id")
        server = entry.full_url.partition("/Observation/")[0] if "://" in entry.full_url else ""
        if isinstance(own, str) and own:
            groups.setdefault(f"{server}|{own}", []).append(entry)
        else:
            single.append(entry)
    taken, flawed = [], {}
    n_same = n_old = 0
    for group in groups.values():
        if len(group) == 1:
            # Nearly all: nothing to compare, so their contents are not written out.
            taken += group
            continue
        distinct = list({json.dumps(one.resource, sort_keys=True): one for one in group}.values())
        n_same += len(group) - len(distinct)
        newest = _newest(distinct)
        n_old += len(distinct) - len(newest)
        taken += newest
        for one in newest if len(newest) > 1 else []:
            flawed[id(one)] = [(
                "Observation.id", str(one.resource["id"]),
                "is there several times with different contents, and no meta.versionId or "
                "meta.lastUpdated says which is newer",
                "Keep the right one.", "",
            )]  # fmt: skip
    notices = [*found.notices]
    if n_same:
        notices.append(f"{plural(n_same, 'Observation')} given twice (pages overlap): taken once")
    if n_old:
        notices.append(f"{plural(n_old, 'older version')} of Observations not read")
    order = {id(entry): at for at, entry in enumerate(found.entries)}
    return sorted([*taken, *single], key=lambda entry: order[id(entry)]), notices, flawed


def _newest(group: list[Entry]) -> list[Entry]:
    """Return the newest version of a resource; all of them if that cannot be told."""
    if len(group) < 2:
        return group
    metas = [entry.resource.get("meta") for entry in group]
    for name in ("versionId", "lastUpdated"):
        told = [meta.get(name) if isinstance(meta, dict) else None for meta in metas]
        keys = [_key(name, one) for one in told]
        usable = all(key is not None for key in keys)
        if usable and sum(key == max(keys) for key in keys) == 1:
            return [group[keys.index(max(keys))]]
    return group


def _key(name: str, value: Any) -> Any:
    """Return what tells newer from older versions; None where it cannot."""
    text = str(value)
    if name == "versionId":
        return int(text) if text.isdecimal() and len(text) < 16 else None
    moment = pd.to_datetime(text, errors="coerce", utc=True)
    return None if moment is pd.NaT else moment
