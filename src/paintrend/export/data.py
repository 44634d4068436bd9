"""The numbers behind a figure as one table: a row per point of each trace."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from paintrend.export.wrapping import bare_words

__all__ = ["figure_table"]

COLUMNS = ("x", "y", "z", "error_x", "error_x_minus", "error_y", "error_y_minus", "text")


def figure_table(figure: go.Figure) -> pd.DataFrame:
    """Give every point that a figure draws.

    Returns
    -------
    DataFrame
        ``trace`` (from 1), ``name``, ``kind`` (scatter, bar, heatmap ...), ``axes`` (of its panel),
        ``point`` (from 1), then ``x``, ``y``, ``z``, lengths of error bars, and the words of the
        point without tags. Columns that no trace fills are left out. A gap in a line is a row with
        empty cells; the outline of a band runs along its upper and back along its lower edge.

    Examples
    --------
    >>> table = figure_table(go.Figure(go.Scatter(x=[1, 2], y=[3, 4], name="a")))
    >>> table[["trace", "name", "kind", "point", "x", "y"]].to_dict("records")[1]
    {'trace': 1, 'name': 'a', 'kind': 'scatter', 'point': 2, 'x': 2, 'y': 4}
    """
    parts = [_trace_table(trace, number) for number, trace in enumerate(figure.data, start=1)]
    if not parts:
        return pd.DataFrame(columns=["trace", "name", "kind", "axes", "point", "x", "y"])
    table = pd.concat(parts, ignore_index=True)
    return table[[name for name in table if name not in COLUMNS or table[name].notna().any()]]


def _trace_table(trace: Any, number: int) -> pd.DataFrame:
    values = _grid(trace) if _array(trace, "z") is not None else _points(trace)
    n = max((len(column) for column in values.values()), default=0)
    filled = {name: _padded(column, n) for name, column in values.items()}
    own = [trace[name] for name in ("xaxis", "yaxis") if name in trace]
    axes = "/".join(str(name) for name in own if name)
    return pd.DataFrame(
        {
            "trace": number,
            "name": _bare(trace.name or ""),
            "kind": trace.type,
            "axes": axes or "x/y",
            "point": np.arange(1, n + 1),
            **{name: pd.Series(column, dtype=object) for name, column in filled.items()},
        }
    )


def _points(trace: Any) -> dict[str, list[Any]]:
    values = {name: _array(trace, name) for name in ("x", "y")}
    for axis in ("x", "y"):
        if f"error_{axis}" not in trace:
            continue
        bar = trace[f"error_{axis}"]
        if bar.array is not None:
            values[f"error_{axis}"] = list(bar.array)
            minus = bar.arrayminus if bar.arrayminus is not None else bar.array
            values[f"error_{axis}_minus"] = list(minus)
    words = _array(trace, "hovertext") or _array(trace, "text")
    if words is not None:
        values["text"] = [_bare(str(word)) if word is not None else "" for word in words]
    return {name: column for name, column in values.items() if column is not None}


def _grid(trace: Any) -> dict[str, list[Any]]:
    z = np.asarray(trace["z"], dtype=object)
    rows, columns = z.shape[:2] if z.ndim > 1 else (1, z.size)
    x = _array(trace, "x") or list(range(columns))
    y = _array(trace, "y") or list(range(rows))
    # Edges of cells are one more than the cells; their first ones name them.
    return {
        "x": [x[j] for _ in range(rows) for j in range(columns)],
        "y": [y[i] for i in range(rows) for _ in range(columns)],
        "z": list(z.reshape(-1)),
    }


def _array(trace: Any, name: str) -> list[Any] | None:
    if name not in trace or trace[name] is None:
        return None
    value = trace[name]
    if isinstance(value, str):
        return [value]
    return list(value)


def _padded(column: list[Any], n: int) -> list[Any]:
    if len(column) == 1 < n:
        return column * n
    return [*column, *[None] * (n - len(column))]


def _bare(text: str) -> str:
    return bare_words(text, "; ").strip()
