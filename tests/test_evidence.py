"""Evidence in closed form equals dense normal densities, and numerical integration."""

import numpy as np
import pytest
from scipy.integrate import dblquad, quad
from scipy.stats import multivariate_normal, norm

from paintrend.core.cell_weights import log_sum, relative_weights
from paintrend.core.cells import (
    FEWEST,
    MOST,
    new_cells,
    new_covariance,
    new_visit_work,
    visit_cells,
)
from paintrend.core.design import build_design
from paintrend.core.evidence import (
    gram,
    new_evidence_work,
    new_gram,
    shape_evidence,
)
from paintrend.core.noise import noise_grid, site_gains
from paintrend.core.picks import pick_cells
from paintrend.core.prior import WIDE_SD, WIDE_SHARE, build_model
from paintrend.core.walk import CUT, UNUSUAL, WEAK
from paintrend.core.waxing import (
    level_covariance,
    new_wax_work,
    wax_by_coefficient,
    wax_by_rating,
)

from . import reference as ref

TABLE = ref.small_table()
NOISE = noise_grid(1.0, TABLE.lasting_days)
N_SHAPES = len(TABLE.shapes)
LOG_2PI = np.log(2 * np.pi)


def patient(n, seed=0, unit=1.0, first=None):
    """Ratings of one patient on days of the grid, where waxing needs no interpolation; with
    ``first`` those up to day 0, one at least, are this."""
    rng = np.random.default_rng(100 * n + seed)
    prior = ref.random_prior(rng, TABLE, NOISE.sd.size)
    day = np.sort(rng.integers(-20, 169, n)) * 0.5
    y = np.clip(np.round(rng.normal(5.0, 2.5, n) / unit) * unit, 0.0, 10.0)
    if first is not None:
        y[: max(1, int((day <= 0.0).sum()))] = first
    design = build_design(day, y, np.array([0, n]), TABLE, prior, 1.0)
    return prior, build_model(prior, TABLE, NOISE, 1.0), design


def as_independent_values(model, design, sd, wide=0, by_rating=None):
    """Evidence of all settings for values with independent noise of one sd, without rounding."""
    n = design.y.size
    value, rest = np.empty(N_SHAPES + len(TABLE.waxing)), np.empty(N_SHAPES + len(TABLE.waxing))
    slow, hump, wax = (x[design.row] for x in (design.slow, design.hump, design.wax))
    m = (wax.shape[1] - 1) // (model.wax_basis.max() + 1)
    base = -n * (0.5 * LOG_2PI + np.log(sd))
    grams = new_gram(1, 2, slow.shape[1], hump.shape[1], len(model.pairs))
    y, shares = design.y[:, None] / sd, model.log_shape[0]
    columns = np.concatenate([slow, hump], axis=1) / sd
    gram(0, design.common / sd, columns, y, model.pairs, slow.shape[1], grams)
    work = new_evidence_work(2, slow.shape[1], hump.shape[1])
    shape_evidence(grams, 0, model, wide, shares, base, value, rest, work)
    value[:N_SHAPES] += 0.5 * np.log(rest[:N_SHAPES])
    if n <= 2 + m + 1 if by_rating is None else by_rating:
        covariance = np.empty((n * (n + 1) // 2, 8), dtype=np.float32)
        level_covariance(
            design.common, np.ascontiguousarray(wax.T), m, model, wide, covariance
        )  # fmt: skip
        wax_by_rating(
            design.common, design.y, np.full(n, 1 / sd), np.ones((n, 6)), 0.0, covariance, model,
            shares, base, value, new_wax_work(n, 8),
        )  # fmt: skip
    else:
        wax_by_coefficient(
            design.common / sd, wax / sd, m, y, model, wide, shares, base, value
        )  # fmt: skip
    return value - model.log_shape[0]


def visited(model, design):
    """Log evidence of the cells that were looked at, by (start, noise setting), and the sites."""
    cells = new_cells(model, design.common.shape[1])
    n, n_levels = design.y.size, model.level_table.shape[0]
    columns = np.concatenate([design.slow[design.row], design.hump[design.row]], axis=1)
    wax = design.wax[design.row]
    value = np.empty((n_levels, n, 1))
    variance, log_scale = np.empty((n_levels, n)), np.empty((n_levels, n))
    covariance, filled = new_covariance(model, design.common, wax), np.zeros(2, dtype=bool)
    work = new_visit_work(
        n, 2, columns.shape[1], wax.shape[1], model.n_sizes, design.overall.shape[1], covariance
    )  # fmt: skip
    n_rows = visit_cells(
        cells, model, model.log_shape[0], design.day, design.y, design.kind, design.common,
        columns, wax, np.ascontiguousarray(wax.T), covariance, filled, design.overall,
        design.overall_mean, value, variance, log_scale, work,
    )  # fmt: skip
    rows = {
        (int(cells.wide[r]), int(cells.noise[r])): cells.top[r]
        + np.log(cells.weight[r].astype(np.float64))
        for r in range(n_rows)
    }
    totals = [np.logaddexp.reduce(x) for x in rows.values()]
    np.testing.assert_allclose(cells.total[:n_rows], totals, rtol=1e-12)
    return cells, n_rows, rows, value, variance, log_scale


@pytest.mark.parametrize("n", [1, 2, 5, 12, 22, 23, 24, 25, 40])
@pytest.mark.parametrize("sd", [0.35, 2.0])
@pytest.mark.parametrize("wide", [0, 1])
def test_evidence_of_every_setting_equals_the_dense_density(n, sd, wide):
    prior, model, design = patient(n)
    got = as_independent_values(model, design, sd, wide)
    for k in range(got.size):
        if k >= N_SHAPES and sd < 1.0:
            # the basis leaves out a sliver of the process, which shows under ratings that scatter
            # seven times as much as the noise allows
            continue
        mean, covariance = ref.level_moments(TABLE, prior, k, design.day, bool(wide))
        expected = ref.log_evidence(mean, covariance, design.y, np.full(n, sd**2), np.eye(n))
        tolerance = 1e-8 if k < N_SHAPES else 0.02 * n**0.5
        assert got[k] == pytest.approx(expected, abs=tolerance), TABLE.name(k)


@pytest.mark.parametrize("n", [3, 23, 30])
@pytest.mark.parametrize("wide", [0, 1])
def test_waxing_evidence_is_exact_for_its_basis(n, wide):
    """Both branches, by rating and by coefficient, against the covariance that the basis spans."""
    prior, model, design = patient(n, seed=1)
    m = (design.wax.shape[1] - 1) // (model.wax_basis.max() + 1)
    x, family = design.common, len(prior.mean) - 1
    shared = ref.start_covariance(prior.covariance[family][:2, :2], bool(wide))
    shared = x @ shared @ x.T + 0.8**2 * np.eye(n)
    for w, setting in enumerate(TABLE.waxing):
        wax = design.wax[design.row]
        basis = wax[:, model.wax_basis[w] * m :][:, :m] * setting.size
        slow = wax[:, -1:] * setting.trend
        covariance = shared + basis @ basis.T + slow @ slow.T
        expected = multivariate_normal(x @ prior.mean[family][:2], covariance).logpdf(design.y)
        for by_rating in (True, False):
            got = as_independent_values(model, design, 0.8, wide, by_rating)[N_SHAPES:]
            # in the space of ratings with single precision: proposals rest on it
            tolerance = 1e-3 if by_rating else 1e-7
            assert got[w] == pytest.approx(expected, abs=tolerance)


@pytest.mark.parametrize("n", [1, 4, 11, 30])
@pytest.mark.parametrize("heaped", [False, True])
@pytest.mark.parametrize("first", [5.0, 10.0])
def test_cells_are_sites_under_correlated_noise(n, heaped, first):
    """Every cell: shares of shape, noise and start, site scales and the dense density of the sites;
    those with a wide start for who starts unusually only."""
    prior, model, design = patient(n, seed=2, unit=5.0 if heaped else 1.0, first=first)
    cells, _, rows, value, variance, log_scale = visited(model, design)
    on_heaps = np.isin(design.y, [0.0, 5.0, 10.0]).mean()
    unusual = first == 10.0
    assert unusual == any(wide for wide, _ in rows)
    # under noise that matters: elsewhere what the wide start gains is known from its neighbours
    best = max(np.logaddexp.reduce(x) for x in rows.values())
    matter = {j for (wide, j), x in rows.items() if np.logaddexp.reduce(x) > best - 0.5 * CUT}
    assert {j for wide, j in rows if wide} >= (matter if unusual else set())
    assert {j for wide, j in rows if wide} <= {j for wide, j in rows if not wide}
    for wide, j in rows:
        if NOISE.heap[j] > 0.0:
            assert on_heaps >= (FEWEST if NOISE.heap[j] < MOST else MOST)
        level = NOISE.level[j]
        sites = value[level, :, 0], variance[level]
        gains = np.empty((n, 6))
        site_gains(model, j, design.day, variance[level], gains)
        shares = gains[:, 5] ** 2 if NOISE.share[j] else np.zeros(n)
        correlation = ref.noise_correlation(design.day, shares, NOISE.tau[j])
        stands_for = [j, *(j + np.flatnonzero(cells.weak) if NOISE.structure[j] == 0 else [])]
        share = prior.noise[stands_for].sum() * (WIDE_SHARE if wide else 1.0 - WIDE_SHARE)
        got = rows[wide, j]
        for k in range(got.size):
            if got[k] < got.max() - 30:
                continue
            mean, covariance = ref.level_moments(TABLE, prior, k, design.day, bool(wide))
            dense = ref.log_evidence(mean, covariance, *sites, correlation)
            expected = dense + log_scale[level].sum() + np.log(share * prior.shape[k])
            if k < N_SHAPES:
                assert got[k] == pytest.approx(expected, abs=1e-6), (j, TABLE.name(k))
            elif NOISE.sd[j] > 1.0:
                # see above: the basis leaves out a sliver
                assert got[k] == pytest.approx(expected, abs=0.05 * n**0.5), TABLE.name(k)


@pytest.mark.parametrize("n", [4, 11, 30])
def test_noise_that_is_not_looked_at_holds_next_to_nothing(n):
    """Sites of all settings, and the evidence of the shapes under them: what the walks left out."""
    for seed in range(6):
        prior, model, design = patient(n, seed=seed)
        rows = visited(model, design)[2]
        everywhere = {}
        for level in range(model.n_sizes):
            # all weight on one size: the walk begins there
            noise = np.where(NOISE.level == level, prior.noise, 0.0)
            alone = build_model(prior._replace(noise=noise), TABLE, NOISE, 1.0)
            for (wide, j), found in visited(alone, design)[2].items():
                if not wide and NOISE.level[j] == level:
                    everywhere[j] = np.logaddexp.reduce(found)
        total = np.logaddexp.reduce(list(everywhere.values()))
        seen = np.logaddexp.reduce([v for j, v in everywhere.items() if (0, j) in rows])
        assert np.exp(seen - total) > 1.0 - 4 * np.exp(-CUT)


def test_structures_that_gaps_cannot_tell_share_a_row():
    prior = patient(1)[0]
    model = build_model(prior, TABLE, NOISE, 1.0)
    for gap in (1.0, 7.0, 30.0):
        day = gap * np.arange(5.0)
        design = build_design(day, np.full(5, 5.0), np.array([0, 5]), TABLE, prior, 1.0)
        cells, _, rows, *_ = visited(model, design)
        neighbours = NOISE.share[:3] * np.exp(-gap / NOISE.tau[:3])
        expected = (NOISE.share[:3] > 0) & (neighbours < WEAK)
        np.testing.assert_array_equal(cells.weak, expected)
        met = {int(NOISE.structure[j]) for _, j in rows}
        assert met == set(np.flatnonzero(~expected))


def test_cells_are_picked_in_proportion_to_proposals_that_are_known():
    _, model, design = patient(8, seed=5)
    cells, n_rows, rows, *_ = visited(model, design)
    n = 200_000
    index, log_ratio = np.empty(n, dtype=np.int64), np.empty(n)
    pick_cells(cells, n_rows, n, 0.37, index, log_ratio, np.empty((2, n), dtype=np.int64))
    evidence = np.concatenate(list(rows.values()))
    proposal = np.bincount(index, minlength=evidence.size) / n
    assert (np.diff(index) >= 0).all()
    often = proposal > 50 / n
    ratio = dict(zip(index, log_ratio, strict=True))
    for i in np.flatnonzero(often):
        assert ratio[i] == pytest.approx(
            evidence[i] - np.log(proposal[i]), abs=1.5 / (n * proposal[i])
        )
    share = np.exp(evidence - np.logaddexp.reduce(evidence))
    # no cell is proposed much less than it deserves, and the ratios average to the evidence
    assert (proposal >= 0.84 * share - 1 / n).all()
    mean = np.logaddexp.reduce(log_ratio) - np.log(n)
    assert mean == pytest.approx(np.logaddexp.reduce(evidence), abs=1e-3)


def test_weights_of_a_row_are_exponentials():
    rng = np.random.default_rng(0)
    for size in (1, 7, 8, 40, 1003):
        value, rest = rng.uniform(-80.0, 3.0, size), rng.uniform(0.02, 10.0, size)
        out = np.empty(size)
        top = relative_weights(value, rest, out)
        assert top == value.max()
        expected = np.exp(np.maximum(value - top, -60.0)) * np.sqrt(rest)
        np.testing.assert_allclose(out, expected, rtol=1e-7)
        assert log_sum(out) == pytest.approx(np.log(expected.sum()), abs=1e-6)


@pytest.mark.parametrize(
    ("distance", "days", "unusual"),
    [
        # in sd of the start given the trend; each patient's first ratings, mean of those to day 0
        ([0.95], [0.0], False),
        ([1.05], [0.0], True),
        ([-1.05], [9.0], True),
        ([0.5, 1.6], [-7.0, 0.0], True),
        ([0.2, 1.6], [-7.0, 0.0], False),
        ([0.2, 3.0], [0.0, 1.0], False),
        ([1.2, -3.0], [3.0, 4.0], True),
    ],
)
def test_the_wide_start_is_looked_at_where_first_ratings_are_unusual(distance, days, unusual):
    prior, model, _ = patient(1)
    start = np.linalg.inv(prior.covariance[0, :2, :2])[0, 0] ** -0.5
    y = prior.mean[0, 0] + UNUSUAL * start * np.array(distance)
    day = np.array(days)
    design = build_design(day, y, np.array([0, day.size]), TABLE, prior, 0.0)
    rows = visited(model, design)[2]
    assert any(wide for wide, _ in rows) == unusual


@pytest.mark.parametrize("wide", [0, 1])
def test_a_flat_shape_agrees_with_integration_over_its_start(wide):
    prior, model, design = patient(6, seed=3)
    design = design._replace(common=design.common * [1.0, 0.0])
    got = as_independent_values(model, design, 1.2, wide)[0]
    mean, sd = prior.mean[0, 0], np.sqrt(prior.covariance[0, 0, 0])
    sd = max(sd, WIDE_SD) if wide else sd

    def density(b):
        return norm.pdf(design.y, b, 1.2).prod() * norm.pdf(b, mean, sd)

    total = quad(density, mean - 12 * sd, mean + 12 * sd, epsabs=0, points=[design.y.mean()])[0]
    assert got == pytest.approx(np.log(total), abs=1e-8)


def test_a_slow_change_agrees_with_integration_over_start_and_change():
    prior, model, design = patient(5, seed=4)
    design = design._replace(common=design.common * [1.0, 0.0])
    k = next(k for k, s in enumerate(TABLE.shapes) if s.family == 1)
    got = as_independent_values(model, design, 1.5)[k]
    amplitude = multivariate_normal(
        prior.mean[1][[0, 2]], prior.covariance[1][np.ix_([0, 2], [0, 2])]
    )
    slow = ref.columns(TABLE, k, design.day)[:, 2]

    def density(c, b):
        return norm.pdf(design.y, b + c * slow, 1.5).prod() * amplitude.pdf([b, c]) * 1e8

    total = dblquad(density, -5.0, 15.0, -15.0, 12.0, epsabs=0, epsrel=1e-7)[0] / 1e8
    assert got == pytest.approx(np.log(total), abs=1e-5)
