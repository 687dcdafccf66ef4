"""Mixed model of a study: fixed effects, and variances of dyads, persons and sessions, by REML.

Small studies are what it is made for: the covariance of the effects is corrected for the variances
being estimated, and the degrees of freedom follow (Kenward & Roger 1997, Biometrics 53, 983–997);
the variance of persons is kept off zero (after Chung et al. 2013, Psychometrika 78, 685–709).
With one session a dyad and nobody in two dyads it is the t test, to the last digit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import optimize, stats
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from dyadkit.dyad.arrays import Floats, Ints
from dyadkit.dyad.result import Result
from dyadkit.errors import SignalError

MAX_BLOCK = 3000
"""Rows that depend on each other through shared persons: their covariance is a full matrix."""
MIN_VARIANCE = 1e-6
"""Of the whole variance: below it a component is none, and has no degrees of freedom to give."""
MIN_DF = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Component:
    """Deviations that rows share: which levels a row has, and how much of each.

    levels : shape (n, w), numbers from 0; shares : shape (n, w)
    guard : how strongly its variance is kept off zero; 0 not at all
    """

    levels: Ints
    shares: Floats
    guard: float = 0.0

    @classmethod
    def of(cls, levels: Ints, shares: Floats | None = None) -> "Component":
        """One level a row, whole or so much of it."""
        whole = np.ones(len(levels)) if shares is None else shares
        return cls(np.asarray(levels, dtype=int)[:, None], np.asarray(whole, dtype=float)[:, None])

    def within(self, rows: Ints) -> Floats:
        """Covariance of a unit deviation, by blocks of rows of shape (b, m): shape (b, m, m)."""
        levels, shares = self.levels[rows], self.shares[rows]
        same = levels[:, :, None, :, None] == levels[:, None, :, None, :]
        return np.asarray(np.einsum("bijuv,biu,bjv->bij", same, shares, shares))

    def incidence(self) -> csr_array:
        """Shape (n, levels)."""
        rows = np.repeat(np.arange(len(self.levels)), self.levels.shape[1])
        return csr_array((self.shares.ravel(), (rows, self.levels.ravel())))


@dataclass(frozen=True, slots=True, eq=False)
class MixedFit(Result):
    """Mixed model, fitted.

    effects, errors, df : of each fixed effect, shape (effects,)
    variances : by component, in squared units
    """

    names: tuple[str, ...]
    effects: Floats
    errors: Floats
    df: Floats
    variances: dict[str, float]

    def p(self, place: int = 0) -> float:
        """Two-sided p of an effect."""
        return float(
            2.0 * stats.t.sf(abs(self.effects[place] / self.errors[place]), self.df[place])
        )

    def interval(self, place: int = 0) -> tuple[float, float]:
        """95 % interval of an effect."""
        half = float(stats.t.ppf(0.975, self.df[place]) * self.errors[place])
        return float(self.effects[place]) - half, float(self.effects[place]) + half


def fit_mixed(
    values: Floats, fixed: Mapping[str, Floats], random: Mapping[str, Component]
) -> MixedFit:
    """Fixed effects of a linear model whose rows depend on each other.

    Parameters
    ----------
    values : shape (n,)
    fixed : columns of the design by name, shape (n,) each
    random : by component, which rows share a deviation; the last one is the rows' own

    Raises
    ------
    SignalError
        fewer rows than effects, columns that say the same, or values that do not vary

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> values = 0.4 + rng.standard_normal(12)
    >>> fit = fit_mixed(values, {"mean": np.ones(12)}, {"session": Component.of(np.arange(12))})
    >>> found = stats.ttest_1samp(values, 0.0)
    >>> bool(np.isclose(fit.p(), found.pvalue)), round(float(fit.df[0]), 6)
    (True, 11.0)
    """
    design = np.column_stack(list(fixed.values()))
    _refuse(values, design)
    scale = float(np.std(values - design @ np.linalg.lstsq(design, values)[0])) or 1.0
    kept = {name: one for name, one in random.items() if not _is_confounded(one, design)}
    blocks = _blocks(values / scale, design, list(kept.values()))
    theta = _reml(blocks, np.array([one.guard for one in kept.values()]))
    effects, covariance, df = _kenward_roger(blocks, theta)
    return MixedFit(
        names=tuple(fixed),
        effects=effects * scale,
        errors=np.sqrt(np.diag(covariance)) * scale,
        df=df,
        variances={name: float(one) * scale**2 for name, one in zip(kept, theta, strict=True)},
    )


def _refuse(values: Floats, design: Floats) -> None:
    count, effects = design.shape
    if count <= effects:
        raise SignalError(f"{count} rows cannot tell {effects} effects and their spread")
    if np.linalg.matrix_rank(design) < effects:
        raise SignalError("two columns of the model say the same, or one does not vary")
    left = values - design @ np.linalg.lstsq(design, values)[0]
    if float(np.max(np.abs(left))) <= 1e-12 * float(np.max(np.abs(values)) or 1.0):
        raise SignalError("the values do not vary beyond what the model says exactly")


def _is_confounded(component: Component, design: Floats) -> bool:
    """Whether a component's levels are fixed effects already: nothing could tell its variance."""
    incidence = component.incidence()
    if incidence.shape[1] > design.shape[1]:
        return False
    columns = incidence.toarray()
    left = columns - design @ np.linalg.lstsq(design, columns)[0]
    return bool(np.max(np.abs(left), initial=0.0) < 1e-9)


@dataclass(frozen=True, slots=True, eq=False)
class _Blocks:
    """Blocks of equal size m that depend on nothing outside; b of them, p effects, k components.

    y : shape (b, m); x : (b, m, p); g : (k, b, m, m)
    """

    y: Floats
    x: Floats
    g: Floats


def _blocks(values: Floats, design: Floats, random: Sequence[Component]) -> list[_Blocks]:
    number = _independent(len(values), random)
    order = np.argsort(number, kind="stable")
    sizes = np.bincount(number)
    if sizes.max() > MAX_BLOCK:
        raise SignalError(
            f"{sizes.max()} sessions hang together by shared persons; {MAX_BLOCK} can be fitted"
        )
    starts = np.concatenate([[0], np.cumsum(sizes)])
    found = []
    for size in np.unique(sizes):
        rows = np.array(
            [order[starts[k] : starts[k] + size] for k in np.flatnonzero(sizes == size)]
        )
        products = [one.within(rows) for one in random]
        found.append(_Blocks(values[rows], design[rows], np.array(products)))
    return found


def _independent(count: int, random: Sequence[Component]) -> Ints:
    """Number of the block of each row: rows that share a level of any component are of one."""
    links = csr_array((count, count))
    for one in random:
        incidence = abs(one.incidence())
        links = links + incidence @ incidence.T
    return np.asarray(connected_components(links, directed=False)[1], dtype=int)


@dataclass(frozen=True, slots=True, eq=False)
class _Sums:
    """Sums over all blocks at some variances: what likelihood, gradient and correction need.

    v_log : log determinant of the covariance; phi : covariance of the effects, shape (p, p)
    rest : squares of the whitened residuals; traces, quadratic : shape (k,)
    p_k : shape (k, p, p); q_kl : (k, k, p, p); cross : (k, k)
    """

    v_log: float
    phi: Floats
    effects: Floats
    rest: float
    traces: Floats
    quadratic: Floats
    p_k: Floats
    q_kl: Floats
    cross: Floats


def _sums(blocks: Sequence[_Blocks], theta: Floats) -> _Sums:
    inverses = [np.linalg.inv(np.einsum("k,kbij->bij", theta, one.g)) for one in blocks]
    v_log = -sum(float(np.linalg.slogdet(each)[1].sum()) for each in inverses)
    pairs = list(zip(blocks, inverses, strict=True))
    information = sum(np.einsum("bip,bij,bjq->pq", b.x, v, b.x) for b, v in pairs)
    phi = np.linalg.inv(information)
    effects = phi @ sum(np.einsum("bip,bij,bj->p", b.x, v, b.y) for b, v in pairs)
    count, width = len(theta), len(phi)
    rest, traces, quadratic = 0.0, np.zeros(count), np.zeros(count)
    p_k, q_kl = np.zeros((count, width, width)), np.zeros((count, count, width, width))
    cross = np.zeros((count, count))
    for block, inverse in pairs:
        left = block.y - block.x @ effects
        white = np.einsum("bij,bj->bi", inverse, left)
        rest += float((left * white).sum())
        vg = inverse @ block.g  # (k, b, m, m)
        vx = inverse @ block.x
        gx = block.g @ vx  # (k, b, m, p)
        traces += np.trace(vg, axis1=2, axis2=3).sum(axis=1)
        quadratic += np.einsum("bi,kbij,bj->k", white, block.g, white)
        p_k += np.einsum("bip,kbiq->kpq", vx, gx)
        q_kl += np.einsum("kbip,bij,lbjq->klpq", gx, inverse, gx)
        cross += np.einsum("kbij,lbji->kl", vg, vg)
    return _Sums(v_log, phi, effects, rest, traces, quadratic, p_k, q_kl, cross)


def _reml(blocks: Sequence[_Blocks], guards: Floats) -> Floats:
    """Variances of the components by restricted maximum likelihood, guarded ones off zero."""
    count = len(guards)

    def loss(theta: Floats) -> tuple[float, Floats]:
        sums = _sums(blocks, theta)
        value = sums.v_log - float(np.linalg.slogdet(sums.phi)[1]) + sums.rest
        # The projection on the effects is taken out of the traces of the covariance.
        traces = sums.traces - np.einsum("pq,kqp->k", sums.phi, sums.p_k)
        slope = traces - sums.quadratic
        # A few families often look as if nobody differed: the estimate is 0 and the effect too
        # sure. The logarithm keeps it off 0, where it costs next to nothing if much is known.
        return value - float(guards @ np.log(theta)), slope - guards / theta

    # The last component is the session's own and never 0: without it the covariance is singular.
    floor = [MIN_VARIANCE * 0.01] * (count - 1) + [MIN_VARIANCE]
    if count == 1:
        return _one_variance(blocks)
    start = np.full(count, 0.5 / max(count - 1, 1))
    start[-1] = 0.5
    found = optimize.minimize(
        loss, start, jac=True, method="L-BFGS-B", bounds=[(low, None) for low in floor]
    )
    return np.asarray(found.x, dtype=float)


def _one_variance(blocks: Sequence[_Blocks]) -> Floats:
    """The only variance has a closed form: squares left over, by their degrees of freedom."""
    sums = _sums(blocks, np.ones(1))
    rows = sum(block.y.size for block in blocks)
    return np.array([sums.rest / (rows - len(sums.phi))])


def _kenward_roger(blocks: Sequence[_Blocks], theta: Floats) -> tuple[Floats, Floats, Floats]:
    """Effects, their corrected covariance, and the degrees of freedom of each."""
    sums = _sums(blocks, theta)
    active = np.flatnonzero(theta > MIN_VARIANCE)
    phi, p_k = sums.phi, sums.p_k[active]
    q_kl, cross = sums.q_kl[np.ix_(active, active)], sums.cross[np.ix_(active, active)]
    projected = np.einsum("kpq,qr,lrs->klps", p_k, phi, p_k)
    information = 0.5 * (
        cross - 2.0 * np.einsum("pq,klqp->kl", phi, q_kl) + np.einsum("pq,klqp->kl", phi, projected)
    )
    spread = np.linalg.pinv(information)
    middle = np.einsum("kl,klpq->pq", spread, q_kl - projected)
    covariance = phi + 2.0 * phi @ middle @ phi
    moved = np.einsum("pq,kqr,rs->kps", phi, p_k, phi)
    slopes = np.einsum("kpp->kp", moved)
    variance = np.einsum("kp,kl,lp->p", slopes, spread, slopes)
    with np.errstate(divide="ignore"):
        df = 2.0 * np.diag(phi) ** 2 / variance
    return sums.effects, covariance, np.maximum(df, MIN_DF)
