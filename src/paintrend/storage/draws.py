"""Posterior draws as tables, and back: every number that a kernel uses as a place is checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from paintrend.core.curves import BETWEEN
from paintrend.core.grid import grid_rows
from paintrend.core.posterior import Posterior
from paintrend.results.inference import Inference
from paintrend.results.population import Population
from paintrend.storage.cells import frame_of

__all__ = ["INFO", "draws_table", "inference_of", "waves_table"]

Array = NDArray[np.float64]

AMPLITUDES = ("start", "trend", "slow_change", "hump", "slow_place", "hump_place")
WHOLE = {"setting": np.int32, "noise": np.int16, "wave_row": np.int64}
INFO = (
    "fitted", "reason", "n_ratings", "n_baseline", "last_day", "fit_p", "ess", "noise_sd",
)  # fmt: skip


def draws_table(inference: Inference) -> pa.Table:
    """One row per fitted patient and draw, patients in order: setting, noise, wave_row, sizes."""
    post = inference.posterior
    columns = {name: getattr(post, name).ravel().astype(WHOLE[name]) for name in WHOLE}
    columns |= {name: post.amplitude[:, :, i].ravel() for i, name in enumerate(AMPLITUDES)}
    # once per patient, repeated: a table of its own would be one more file for one number
    columns["log_evidence"] = np.repeat(post.log_evidence, post.setting.shape[1])
    return pa.table(columns)


def waves_table(inference: Inference) -> pa.Table:
    """One row per draw that waxes and wanes (`wave_row` counts them from 0), its coefficients."""
    wave = inference.posterior.wave
    return pa.table({f"w{i}": np.ascontiguousarray(wave[:, i]) for i in range(wave.shape[1])})


def inference_of(
    info: pa.Table,
    tables: Mapping[str, pa.Table],
    patient_ids: Sequence[str],
    population: Population,
    sizes: Mapping[str, int],
) -> Inference:
    """Give the draws back.

    Raises
    ------
    ValueError
        If they are not draws under this population.
    """
    facts = frame_of(info)
    if list(facts.columns) != ["patient_id", *INFO]:
        raise ValueError(
            f"the table info: expected the columns patient_id, {', '.join(INFO)}, "
            f"got {', '.join(map(str, facts.columns))[:200]}"
        )
    if list(facts["patient_id"]) != list(patient_ids) or len(facts) != sizes["n_patients"]:
        raise ValueError("the table info: expected one row for each of the patients, in order")
    if facts["fitted"].dtype != np.dtype(bool):
        raise ValueError("the table info: fitted: expected true or false")
    fitted = facts["fitted"].to_numpy()
    shape = (int(fitted.sum()), sizes["n_draws"])
    if shape[0] != sizes["n_fitted"]:
        raise ValueError(f"n_fitted: expected {shape[0]}, as in info, got {sizes['n_fitted']}")
    posterior = _posterior(tables["draws"], tables["waves"], facts[fitted], population, shape)
    index = pd.Index(facts["patient_id"], name="patient_id")
    names = [name for name, known in zip(patient_ids, fitted, strict=True) if known]
    return Inference(
        posterior,
        {name: i for i, name in enumerate(names)},
        facts.drop(columns="patient_id").set_axis(index, axis=0),
    )


def _posterior(
    draws: pa.Table,
    waves: pa.Table,
    fitted: pd.DataFrame,
    population: Population,
    shape: tuple[int, int],
) -> Posterior:
    expected = [*WHOLE, *AMPLITUDES, "log_evidence"]
    if draws.column_names != expected or draws.num_rows != shape[0] * shape[1]:
        raise ValueError(
            f"the table draws: expected {shape[0]} x {shape[1]} rows and the columns "
            f"{', '.join(expected)}; got {draws.num_rows} rows"
        )
    model, rows = population.model, grid_rows(population.table)
    n_bases = 1 + int(model.wax_basis.max())
    width = (rows.wax.shape[0] - 1) // n_bases + 1
    wave = np.column_stack([_floats(waves, name) for name in waves.column_names])
    if wave.shape[1] != width or wave.shape[0] < 1:
        raise ValueError(
            f"the table waves: expected {width} columns and a row, got {wave.shape[1]} columns"
        )
    n_shapes = model.slow.size
    setting = _whole(draws, "setting", n_shapes + model.wax_size.size)
    wave_row = _whole(draws, "wave_row", wave.shape[0])
    noise = _whole(draws, "noise", model.sd.size)
    sizes = [_floats(draws, name).reshape(shape) for name in AMPLITUDES]
    places = np.stack(sizes[-BETWEEN:])
    if places.size and np.abs(places).max() > 1.0:
        raise ValueError("the table draws: slow_place, hump_place: expected -1 to 1")
    return Posterior(
        setting.reshape(shape),
        noise.reshape(shape),
        np.stack(sizes, axis=-1),
        wave,
        wave_row.reshape(shape),
        fitted["ess"].to_numpy(dtype=float).copy(),
        _floats(draws, "log_evidence", finite=False).reshape(shape)[:, 0].copy(),
        fitted["fit_p"].to_numpy(dtype=float).copy(),
    )


def _whole(table: pa.Table, name: str, below: int) -> NDArray[np.int64]:
    column = table.column(name)
    if not pa.types.is_integer(column.type) or column.null_count:
        raise ValueError(f"the table draws: {name}: expected whole numbers")
    values = column.to_numpy().astype(np.int64)
    if values.size and not (values.min() >= 0 and values.max() < below):
        raise ValueError(f"the table draws: {name}: expected 0 to {below - 1}")
    return values


def _floats(table: pa.Table, name: str, *, finite: bool = True) -> Array:
    column = table.column(name)
    if not pa.types.is_float64(column.type) or column.null_count:
        raise ValueError(f"{name}: expected numbers")
    values = np.array(column.to_numpy())
    if finite and not np.isfinite(values).all():
        raise ValueError(f"{name}: expected finite numbers")
    return values
