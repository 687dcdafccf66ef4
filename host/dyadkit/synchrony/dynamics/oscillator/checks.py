"""Model checks of an oscillator fit: does the model describe two series at all."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from dyadkit.dyad.arrays import Floats
from dyadkit.dyad.result import Result
from dyadkit.synchrony.dynamics.oscillator.kalman import Innovations
from dyadkit.synchrony.dynamics.oscillator.likelihood import Maximum, innovations_at
from dyadkit.synchrony.dynamics.oscillator.preparation import Prepared

_WHITENESS_LAGS = 20
_ABSORBED = 4
"""Degrees of freedom the fitted parameters take from the whiteness test."""
_HIGHEST_ORDER = 6
_MIN_P = 0.001
_MIN_BIC = -10.0


@dataclass(frozen=True, slots=True, eq=False)
class ModelChecks(Result):
    """Checks of an oscillator fit, to be passed before its regime may be believed.

    whiteness_p : Ljung–Box test that nothing predictable is left in the residuals; below 0.001
        the model misses something
    bic_against_var : BIC of the best vector autoregression minus that of the oscillators; below
        −10 a plain autoregression describes the series better. NaN with too many gaps to tell
    ratio_against_uncoupled : corrected likelihood ratio over two uncoupled oscillators (4 d.f.)
    """

    whiteness_p: float
    bic_against_var: float
    ratio_against_uncoupled: float

    def passed(self) -> bool:
        """Whether the model describes the data well enough to read a regime from it."""
        return self.whiteness_p >= _MIN_P and not self.bic_against_var < _MIN_BIC


def check(prepared: Prepared, fit: Maximum, ratio_against_uncoupled: float) -> ModelChecks:
    """Whiteness of the residuals of `fit`, and its BIC against a vector autoregression."""
    found = innovations_at(prepared.series, fit.point[None])
    residuals = (found.values / np.sqrt(found.variances))[0]
    return ModelChecks(
        whiteness_p=whiteness_p(residuals),
        bic_against_var=_bic_against_var(prepared.series.samples, found, int(fit.free.sum())),
        ratio_against_uncoupled=ratio_against_uncoupled,
    )


def whiteness_p(residuals: Floats) -> float:
    """Ljung–Box test over both people's residuals, shape (n, 2), gaps left out.

    References
    ----------
    Ljung and Box 1978, Biometrika 65, 297–303
    """
    lags = min(_WHITENESS_LAGS, len(residuals) // 5)
    total = 0.0
    for values in residuals.T:
        values = values - np.nanmean(values)
        variance = np.nanmean(values**2)
        for lag in range(1, lags + 1):
            products = values[lag:] * values[:-lag]
            count = int(np.isfinite(products).sum())
            total += count * (np.nansum(products) / max(count, 1) / variance) ** 2
    return float(stats.chi2.sf(total, 2 * lags - _ABSORBED))


def _bic_against_var(samples: Floats, found: Innovations, parameters: int) -> float:
    rows, past = _complete_rows(samples)
    if len(rows) < len(samples) / 3:
        return float("nan")
    values, variances = found.values[0, rows], found.variances[0, rows]
    own = np.sum(np.log(2 * np.pi * variances) + values**2 / variances)
    own_bic = own + parameters * np.log(2 * len(rows))
    best = min(_var_bic(samples[rows], past, order) for order in range(1, _HIGHEST_ORDER + 1))
    return float(best - own_bic)


def _complete_rows(samples: Floats) -> tuple[np.ndarray, Floats]:
    """Samples whose last six predecessors are all there, and those, shape (rows, 12)."""
    n = len(samples) - _HIGHEST_ORDER
    past = np.concatenate(
        [samples[_HIGHEST_ORDER - lag :][:n] for lag in range(1, _HIGHEST_ORDER + 1)], axis=1
    )
    whole = np.isfinite(past).all(axis=1) & np.isfinite(samples[_HIGHEST_ORDER:]).all(axis=1)
    return np.flatnonzero(whole) + _HIGHEST_ORDER, past[whole]


def _var_bic(present: Floats, past: Floats, order: int) -> float:
    predictors = past[:, : 2 * order]
    left = present - predictors @ np.linalg.lstsq(predictors, present, rcond=None)[0]
    covariance = left.T @ left / len(left)
    covariance += 1e-12 * np.eye(2)
    minus_twice_log = len(left) * (np.log(np.linalg.det(2 * np.pi * covariance)) + 2)
    return float(minus_twice_log + (4 * order + 3) * np.log(2 * len(left)))
