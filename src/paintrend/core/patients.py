"""One patient after the other, in compiled code: visit cells, propose, weight, keep, check."""

from __future__ import annotations

import numpy as np

from paintrend.core.bins import divide_cells, no_bins
from paintrend.core.cells import new_covariance, new_visit_work, visit_cells
from paintrend.core.compile import kernel
from paintrend.core.curves import BETWEEN
from paintrend.core.draws import Drawn, new_shape_work, propose_shapes
from paintrend.core.jumps import place_jumps
from paintrend.core.model import OnePatient
from paintrend.core.picks import pick_cells
from paintrend.core.poor_weights import inside_is_poorer, join_parts, leave_out, pick_bins
from paintrend.core.predictive import check_fit, new_check_work
from paintrend.core.process import NODES
from paintrend.core.resampling import SKETCH_POINTS, course_order, glance, resample, shuffled
from paintrend.core.sequence import DIMENSIONS, begin_sequence
from paintrend.core.streams import MASK
from paintrend.core.waves import new_wave_work, propose_waves
from paintrend.core.weights import CHUNK, effective_size, new_row_work

__all__ = ["MORE", "draw_patients"]

USUAL, MORE = 2, 11
"""Rounds of usual proposals where the weights are poor, and at most of those that follow then."""
DIVISIONS, AGAIN = 3, 3
"""Times that cells are divided at most, and rounds after which they are divided again where the
poorer weights are those outside of bins."""
HALFWAY = (MASK + 1) // 2
"""How far from where a patient's random numbers begin those of the order of draws lie."""


@kernel(inner=True)
def _turned(x):
    """Transpose of (n, k) in memory of its own, row by row: a plain copy would keep the order."""
    out = np.empty((x.shape[1], x.shape[0]))
    for i in range(x.shape[0]):
        for p in range(x.shape[1]):
            out[p, i] = x[i, p]
    return out


@kernel(inner=True)
def _longer(x):
    """The same rows, and room for as many more."""
    out = np.empty((2 * x.shape[0], x.shape[1]))
    for i in range(x.shape[0]):
        for p in range(x.shape[1]):
            out[i, p] = x[i, p]
    return out


@kernel(counted=False, inner=True)
def _same_days(design, patient):
    """Whether a patient's days and common columns are those of the patient before."""
    before, a, b = design.offset[patient - 1], design.offset[patient], design.offset[patient + 1]
    if b - a != a - before:
        return False
    for i in range(b - a):
        if design.row[a + i] != design.row[before + i]:
            return False
        for p in range(design.common.shape[1]):
            if design.common[a + i, p] != design.common[before + i, p]:
                return False
    return True


@kernel
def draw_patients(
    model, design, begin, end, cells, streams, starts, n_waves, n_draws, least, n_checked,
    proposals, posterior,
):  # fmt: skip
    """Draw the curves of the patients ``begin`` to ``end``.

    One kernel for weighted and for equally weighted draws, without layers between it and those it
    calls: compiling takes as long as all that is below, once for each layer.

    Parameters
    ----------
    cells : work space;  streams, starts : random numbers and where each patient's begin
    n_waves : coefficients of a draw that waxes
    n_draws, least : proposals of a patient, repeated while fewer than ``least`` are effective
    n_checked : draws used in the check
    proposals : filled with the weighted draws, if it is for any
    posterior : filled with equally weighted draws and their check, if it is for any

    Returns
    -------
    (n, m + 1) coefficients of the equally weighted draws that wax, patient by patient
    """
    n_keep, width = posterior.setting.shape[1], cells.weight.shape[1]
    n_amplitudes = design.common.shape[1] + 2 + BETWEEN
    n_shapes = model.slow.shape[0]
    n_slow, n_hump, n_wax = design.slow.shape[1], design.hump.shape[1], design.wax.shape[1]
    n_levels = model.level_table.shape[0]
    waves = np.empty((max(n_keep, 1), n_waves))
    n_kept = 0
    columns = columns_t = wax = wax_t = common = common_t = np.empty((0, 0))
    covariance, filled = new_covariance(model, common, design.wax[:0]), np.zeros(2, dtype=np.bool_)
    steps, ready = np.empty((0, 0, NODES, NODES)), np.zeros(cells.weak.shape[0], dtype=np.bool_)
    # memory that is used again has not to be fetched and cleared for each patient
    most = n_draws if n_keep == 0 else MORE * n_draws
    log_ratio, picked = np.empty(n_draws), np.empty(n_draws, dtype=np.int64)
    of_bin, pick_bits = np.empty(n_draws, np.int64), np.empty((2, n_draws), np.int64)
    index, weight, bits = np.empty(most, np.int64), np.empty(most), np.empty(most, np.int64)
    of_index, by_course = np.empty(most, np.int64), np.empty(most, np.int64)
    key, own_row = np.empty(most, np.int64), np.arange(most)
    sketch = np.empty((CHUNK, SKETCH_POINTS))
    nothing, own, inside = no_bins(), np.empty(most), np.empty(most, dtype=np.bool_)
    drawn = Drawn(
        np.empty(most, np.int64),
        np.empty((most, n_amplitudes)),
        np.empty((most, n_waves)),
        np.empty((most, 0)),
        np.empty(most),
    )
    n_common = design.common.shape[1]
    n_coefficients, n_structures = n_common + n_waves, cells.weak.shape[0]
    none = np.int64(0)
    row_work, shape_work = new_row_work(none, n_structures), new_shape_work(n_common)
    wave_work = new_wave_work(none, n_common, n_coefficients)
    check_work = new_check_work(none, n_checked)
    origin, jumps = shape_work.start, np.empty((n_slow, 2))
    n_overall = design.overall.shape[1]
    visit_work = new_visit_work(
        none, n_common, n_slow + n_hump, n_wax, model.n_sizes, n_overall, covariance
    )
    # taken out of their tuples once: to do so counts a reference each time
    drawn_noise, drawn_amplitude, drawn_wave = drawn.noise, drawn.amplitude, drawn.wave
    drawn_weight, wide = drawn.log_weight, cells.wide
    out_setting, out_noise, out_wide = proposals.setting, proposals.noise, proposals.wide
    out_amplitude, out_weight = proposals.amplitude, proposals.log_weight
    settings, noises, amplitudes = posterior.setting, posterior.noise, posterior.amplitude
    for patient in range(begin, end):
        a, b = design.offset[patient], design.offset[patient + 1]
        n = b - a
        # people are rated on the same days as others: what follows from days alone is still there
        if patient == begin or not _same_days(design, patient):
            columns, columns_t = np.empty((n, n_slow + n_hump)), np.empty((n_slow + n_hump + 1, n))
            wax, slow, hump, waxing = np.empty((n, n_wax)), design.slow, design.hump, design.wax
            for i in range(n):
                row = design.row[a + i]
                for c in range(n_slow):
                    columns[i, c] = columns_t[c, i] = slow[row, c]
                for c in range(n_hump):
                    columns[i, n_slow + c] = columns_t[n_slow + c, i] = hump[row, c]
                for p in range(n_wax):
                    wax[i, p] = waxing[row, p]
            wax_t, common = _turned(wax), design.common[a:b]
            common_t = _turned(common)
            covariance = new_covariance(model, common, wax)
            filled[:] = ready[:] = False
            steps = np.empty((ready.shape[0], n, NODES, NODES))
        if drawn.levels.shape[1] != n:
            drawn = Drawn(
                drawn.noise, drawn.amplitude, drawn.wave, np.empty((most, n)), drawn.log_weight
            )
            row_work = new_row_work(n, n_structures)
            visit_work = new_visit_work(
                n, n_common, n_slow + n_hump, n_wax, model.n_sizes, n_overall, covariance
            )
            wave_work = new_wave_work(n, n_common, n_coefficients)
            check_work = new_check_work(n, n_checked)
        day, y, kind = design.day[a:b], design.y[a:b], design.kind[a:b]
        place_jumps(model, y, columns, columns_t, jumps)
        value = np.empty((n_levels, n, 1))
        variance, log_scale = np.empty((n_levels, n)), np.empty((n_levels, n))
        n_rows = visit_cells(
            cells, model, model.log_shape[design.group[patient]], day, y, kind, common, columns,
            wax, wax_t, covariance, filled, design.overall[a:b], design.overall_mean[a:b], value,
            variance, log_scale, visit_work,
        )  # fmt: skip
        at = starts[patient]
        begin_sequence(streams.uniform, at, origin)
        at += DIMENSIONS
        # a plain 0 is a type of its own, and what it is handed to would be compiled twice
        size, effective, top = np.int64(0), 0.0, 0.0
        one = OnePatient(
            model.log_shape[design.group[patient]], day, y, kind, common, common_t, columns_t,
            jumps, wax, wax_t, covariance, value, variance, log_scale,
        )  # fmt: skip
        bins, n_inside, n_divisions, divided = nothing, np.int64(0), 0, False
        while True:
            uniform = streams.uniform[at & MASK]
            if divided:
                pick_bins(bins, n_draws, uniform, picked, of_bin, log_ratio)
                n_inside += n_draws
            else:
                pick_cells(cells, n_rows, n_draws, uniform, picked, log_ratio, pick_bits)
            at = propose_shapes(
                cells, model, one, bins, of_bin, divided, steps, ready, picked, log_ratio, size,
                streams, at + 1, drawn, row_work, shape_work,
            )  # fmt: skip
            at = propose_waves(
                cells, model, one, steps, ready, picked, log_ratio, size, streams, at, drawn,
                row_work, wave_work,
            )  # fmt: skip
            for d in range(n_draws):
                index[size + d] = picked[d]
            if n_divisions > 0:
                for d in range(size, size + n_draws):
                    own[d], inside[d] = drawn_weight[d], divided
            size += n_draws
            if n_keep == 0:
                break
            if n_inside == 0 and bins.share.size > 0:
                # a round of each kind first
                divided = True
                continue
            if n_divisions > 0:
                join_parts(own, inside, size, n_inside, drawn_weight)
            effective, top = effective_size(drawn_weight[:size], weight[:size], bits)
            if effective >= least:
                break
            divided = bins.share.size > 0 and inside_is_poorer(weight, inside, size)
            rounds = AGAIN if n_divisions > 0 else USUAL
            if not divided and n_divisions < DIVISIONS and size >= rounds * n_draws:
                # what the weights so far say matters is divided as well, and all begins afresh
                bins = divide_cells(cells, n_rows, model, one, bins, index[:size], weight[:size])
                leave_out(cells, n_rows, bins.inside)
                size, n_inside, n_divisions = np.int64(0), np.int64(0), n_divisions + 1
            elif size + n_draws > most:
                break
        if n_keep == 0:
            for d in range(n_draws):
                for p in range(n_amplitudes):
                    out_amplitude[patient, d, p] = drawn_amplitude[d, p]
                out_weight[patient, d], out_noise[patient, d] = drawn_weight[d], drawn_noise[d]
                out_setting[patient, d] = index[d] % width
                out_wide[patient, d] = wide[index[d] // width]
            continue
        uniform = streams.uniform[at & MASK]
        for d in range(size):
            of_index[d] = index[d] % width
        glance(model, of_index[:size], drawn_amplitude, drawn_wave, own_row, sketch, key)
        course_order(key[:size], by_course)
        kept, log_mean = resample(weight[:size], by_course, n_keep, uniform)
        log_evidence = top + log_mean
        order = shuffled(kept, streams.uniform, starts[patient] + HALFWAY)
        n_waxing = np.int64(0)
        for row in kept:
            n_waxing += of_index[row] >= n_shapes
        while n_kept + n_waxing > waves.shape[0]:
            waves = _longer(waves)
        for d in range(n_keep):
            row = order[d]
            setting = of_index[row]
            settings[patient, d], noises[patient, d] = setting, drawn_noise[row]
            for p in range(n_amplitudes):
                amplitudes[patient, d, p] = drawn_amplitude[row, p]
            if setting >= n_shapes:
                for p in range(n_waves):
                    waves[n_kept, p] = drawn_wave[row, p]
                n_kept += 1
        posterior.effective[patient], posterior.log_evidence[patient] = effective, log_evidence
        posterior.fit_p[patient] = check_fit(
            model, drawn.noise, drawn.levels, kept, day, y, n_checked, streams.normal, at + 1,
            check_work,
        )  # fmt: skip
    return waves[:n_kept].copy()
