"""Ways to damage a file: its bytes, its cells, a file of an archive, values of a document."""

from __future__ import annotations

import datetime as dt
import decimal
import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.random import Generator

from paintrend.storage.checks import digest_of

TOKENS = [
    "1e400", "-1e400", "NaN", "inf", "-0", "0x10", "1_0", "1,5", "1.5.2", "=1+1", "'=1+1", "@SUM",
    "<script>alert(1)</script>", "../../etc/passwd", "\0", '"', '""', "'", "\r", "\r\n\r\n", "\t",
    ";", "|", ",,,,", "\ufeff", "\u202e", "😀", "é", "\x1b[2J", "2024-02-30", "9999-12-31",
    "0001-01-01", "2262-04-12", "31.12.2024 25:61", "2024-03-31T02:30+99:00", "true", "NA", "−3",
    "9" * 400, "A" * 5000, "5/10", "day 99999999999999999999", "week -1", "baseline", "sep=",
    "\x85", "day", "pain", "patient_id", "start", "date", "inclusion", "scale", "EXAMPLE", "５",
]  # fmt: skip


def damaged_text(data: bytes, rng: Generator) -> bytes:
    """Change bytes, cells, lines or the encoding, one to six times."""
    for _ in range(int(rng.integers(1, 7))):
        data = _damaged_once(data, rng)
    return data


def _damaged_once(data: bytes, rng: Generator) -> bytes:
    n = len(data)
    at, end = sorted(int(i) for i in rng.integers(0, n + 1, 2)) if n else (0, 0)
    token = TOKENS[int(rng.integers(len(TOKENS)))].encode("utf-8", "surrogatepass")
    choice = int(rng.integers(10))
    if choice == 0:
        return data[:at] + bytes([int(rng.integers(256))]) + data[at + 1 :]
    if choice == 1:
        return data[:at] + token + data[at:]
    if choice == 2:
        return data[:at] + data[min(end, at + 40) :]
    if choice == 3:
        return data[:end] + data[at:end] + data[end:]
    if choice == 4:
        return data[:at] if rng.random() < 0.3 else data[at:end] or data
    lines = data.split(b"\n")
    i = int(rng.integers(len(lines)))
    if choice == 5:
        lines.insert(i, lines[int(rng.integers(len(lines)))])
        return b"\n".join(lines)
    if choice in (6, 7, 8):
        separator = b";" if lines[i].count(b";") > lines[i].count(b",") else b","
        cells = lines[i].split(separator)
        cells[int(rng.integers(len(cells)))] = token
        lines[i] = separator.join(cells)
        return b"\n".join(lines)
    text = data.decode("utf-8", "replace")
    encoding = ["utf-16", "utf-32", "cp1252", "utf-8-sig", "cp437", "utf-7"][int(rng.integers(6))]
    return text.encode(encoding, "replace")


def damaged_archive(data: bytes, rng: Generator) -> bytes:
    """Damage one file of an archive, or the archive itself."""
    if rng.random() < 0.3:
        return damaged_text(data, rng)
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        files = {name: old.read(name) for name in old.namelist()}
    name = list(files)[int(rng.integers(len(files)))]
    if rng.random() < 0.1:
        del files[name]
    else:
        files[name] = _damaged_xml(files[name], rng)
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
        for other, content in files.items():
            new.writestr(other, content)
    return sink.getvalue()


def _damaged_xml(data: bytes, rng: Generator) -> bytes:
    parts = data.split(b">")
    i = int(rng.integers(len(parts)))
    choice = int(rng.integers(4))
    if choice == 0:
        parts[i] = _damaged_once(parts[i], rng)
    elif choice == 1:
        token = TOKENS[int(rng.integers(len(TOKENS)))].encode("utf-8", "surrogatepass")
        parts[i] = token.replace(b"<", b"&lt;") + b"<" + parts[i].partition(b"<")[2]
    elif choice == 2:
        parts.insert(i, parts[int(rng.integers(len(parts)))])
    else:
        return damaged_text(data, rng)
    return b">".join(parts)


def damaged_bytes(data: bytes, rng: Generator) -> bytes:
    """Change a binary file: bits, bytes, counts and lengths, pieces left out, moved or doubled."""
    for _ in range(int(rng.integers(1, 5))):
        if rng.random() < 0.25:
            data = _damaged_once(data, rng)
            continue
        n = len(data)
        if n == 0:
            break
        # Headers hold most of what a parser trusts: half the changes are at the beginning.
        at = int(rng.integers(min(n, 400) if rng.random() < 0.5 else n))
        size = int(rng.choice([1, 2, 4, 8]))
        number = int(
            rng.choice([0, 1, -1, 127, 128, 255, 2**15, 2**31 - 1, -(2**31), 2**40, 10**6])
        )
        order = "little" if rng.random() < 0.7 else "big"
        mask = 2 ** (8 * size) - 1
        value = (number & mask).to_bytes(size, order)
        if rng.random() < 0.4:
            value = bytes([data[at] ^ (1 << int(rng.integers(8)))])
        data = data[:at] + value + data[at + len(value) :]
    return data


def any_parquet(data: bytes, rng: Generator) -> bytes:
    """Make a table of columns of any type under the names of a diary, and damage its bytes."""
    if rng.random() < 0.5:
        return _damaged_table(data, rng)
    n = int(rng.integers(0, 12))
    names = ["patient_id", "day", "pain", "inclusion", "date", "start", "time", "x", "", "pain "]
    chosen = [names[i] for i in rng.permutation(len(names))[: int(rng.integers(1, 8))]]
    columns = {name: _any_column(n, rng) for name in {*chosen, *names[:3]}}
    if rng.random() < 0.5:
        columns["patient_id"] = pa.array([f"P{i % 3}" for i in range(n)])
        columns["day"] = pa.array(range(n))
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(columns), sink)
    made = sink.getvalue().to_pybytes()
    return damaged_text(made, rng) if rng.random() < 0.3 else made


def _any_column(n: int, rng: Generator) -> pa.Array:
    token = [TOKENS[i].replace("\0", "") for i in rng.integers(len(TOKENS), size=n)]
    makers: list[Callable[[], Any]] = [
        lambda: pa.array(rng.integers(0, 11, n)),
        lambda: pa.array(rng.normal(5, 3, n)),
        lambda: pa.array([*[float("inf")] * n][:n]),
        lambda: pa.array(token),
        lambda: pa.array([t.encode() for t in token]),
        lambda: pa.array([[1, 2]] * n, pa.list_(pa.int64())),
        lambda: pa.array([{"a": 1}] * n, pa.struct([("a", pa.int64())])),
        lambda: pa.array([decimal.Decimal("3.5")] * n, pa.decimal128(38, 3)),
        lambda: pa.array([None] * n),
        lambda: pa.array([None] * n, pa.int64()),
        lambda: pa.array([True, None] * n)[:n],
        lambda: pa.array([dt.date(9999, 12, 31)] * n),
        lambda: pa.array(rng.integers(-(2**50), 2**50, n), pa.timestamp("s")),
        lambda: pa.array(rng.integers(0, 2**62, n), pa.timestamp("ns", tz="Europe/Berlin")),
        lambda: pa.array(rng.integers(0, 2**40, n), pa.duration("us")),
        lambda: pa.array([dt.time(3, 4)] * n, pa.time64("us")),
        lambda: pa.array(token).dictionary_encode(),
        lambda: pa.array([2**64 - 1] * n, pa.uint64()),
        lambda: pa.array(np.zeros(n), pa.float16()) if n else pa.array([], pa.float16()),
    ]
    return makers[int(rng.integers(len(makers)))]()


def damaged_resources(data: bytes, rng: Generator) -> bytes:
    """Change values of a bundle, or of one of the resources that stand one a line."""
    if rng.random() < 0.2:
        return damaged_text(data, rng)
    lines = data.splitlines()
    i = int(rng.integers(len(lines)))
    document = json.loads(lines[i])
    for _ in range(int(rng.integers(1, 4))):
        _change(document, rng)
    lines[i] = json.dumps(document).encode()
    if rng.random() < 0.05:
        depth = int(10 ** rng.uniform(1, 5))
        lines[i] = b"[" * depth + lines[i] + b"]" * depth
    return b"\n".join(lines) + b"\n"


def damaged_json(data: bytes, rng: Generator) -> bytes:
    """Change values of a document, or its bytes; often signed anew, so that all checks are met."""
    if rng.random() < 0.2:
        return damaged_text(data, rng)
    document = json.loads(data)
    for _ in range(int(rng.integers(1, 3))):
        _change(document, rng)
    if rng.random() < 0.8 and isinstance(document, dict):
        document["sha256"] = digest_of(document)
    return json.dumps(document).encode()


def _change(place: Any, rng: Generator) -> None:
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = keys[int(rng.integers(len(keys)))]
        inner = place[key]
        if isinstance(inner, (dict, list)) and inner and rng.random() < 0.8:
            place = inner
            continue
        values = [
            None, True, -1, 0, 10**400, 1e308, float("nan"), float("inf"), "", "x" * 999, [], {},
            [[1]], TOKENS[int(rng.integers(len(TOKENS)))], 1e-300, 2**63, -0.0, 84, "days",
        ]  # fmt: skip
        if rng.random() < 0.1:
            del place[key]
        else:
            place[key] = values[int(rng.integers(len(values)))]
        return


def damaged_fit(data: bytes, rng: Generator) -> bytes:
    """Damage one file of a fit; half the time listed with its new hash."""
    if rng.random() < 0.2:
        return damaged_text(data, rng)
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        files = {name: old.read(name) for name in old.namelist()}
    document = json.loads(files["fit.json"])
    if rng.random() < 0.5:
        files["fit.json"] = damaged_json(files["fit.json"], rng)
    else:
        entry = list(document["tables"].values())[int(rng.integers(len(document["tables"])))]
        content = _damaged_table(files[entry["file"]], rng)
        files[entry["file"]] = content
        entry["sha256"] = hashlib.sha256(content).hexdigest()
        document["sha256"] = digest_of(document)
        files["fit.json"] = json.dumps(document).encode()
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as new:
        for name, content in files.items():
            new.writestr(name, content)
    return sink.getvalue()


def _damaged_table(data: bytes, rng: Generator) -> bytes:
    if rng.random() < 0.3:
        return damaged_text(data, rng)
    table = pq.read_table(pa.BufferReader(data))
    i = int(rng.integers(max(1, table.num_columns)))
    if table.num_columns and table.num_rows:
        old = table.column(i).to_pylist()
        values = pa.array(old, table.column(i).type)
        if rng.random() < 0.5 and pa.types.is_primitive(values.type):
            at = int(rng.integers(len(old)))
            wrong = [0, -1, 1, 10**6, None][int(rng.integers(5))]
            old[at] = bool(wrong) if pa.types.is_boolean(values.type) else wrong
            try:
                values = pa.array(old, values.type)
            except pa.ArrowInvalid:  # too large for the type: a file with a wider one
                values = pa.array(old)
        else:
            values = _any_column(len(old), rng)
        table = table.set_column(i, table.column_names[i], values)
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    return sink.getvalue().to_pybytes()
