"""The fast filter against the slow obvious one, and exact discretisation against expm."""

import numpy as np
import pytest
from scipy import linalg

from dyadkit.synchrony.dynamics.oscillator import kalman, likelihood

POINT = np.array([-1.0, -0.3, 0.3, -0.1, -1.2, -0.5, 0.2, 0.1, -0.5, -0.6, -3.0, -2.0])


def slow_log_likelihood(samples, step, point):
    model = likelihood.model_of(point[None])
    transition, driving = (
        part[0] for part in kalman.discretise(model.drift, model.diffusion, step)
    )
    mean, covariance, total = np.zeros(4), model.start, 0.0
    for sample in samples:
        seen = np.flatnonzero(np.isfinite(sample))
        observe = np.eye(4)[[0, 2]][seen]
        spread = observe @ covariance @ observe.T + np.diag(model.noise[0, seen])
        surprise = sample[seen] - observe @ mean
        total -= 0.5 * np.log(np.linalg.det(2 * np.pi * spread)) if len(seen) else 0.0
        total -= 0.5 * surprise @ np.linalg.solve(spread, surprise)
        gain = covariance @ observe.T @ np.linalg.inv(spread)
        mean, covariance = mean + gain @ surprise, covariance - gain @ observe @ covariance
        mean = transition @ mean
        covariance = transition @ covariance @ transition.T + driving
    return total


def gappy_samples():
    rng = np.random.default_rng(4)
    samples = rng.standard_normal((400, 2))
    samples[50:90] = np.nan
    samples[150:260, 1] = np.nan
    samples[rng.random(400) < 0.1, 0] = np.nan
    samples[-1, 0] = np.nan
    return samples


@pytest.mark.parametrize(
    "samples", [np.random.default_rng(3).standard_normal((400, 2)), gappy_samples()]
)
def test_fast_filter_gives_the_likelihood_of_the_slow_one(samples):
    found = likelihood.innovations_at(likelihood.StandardisedPair(samples, 0.25), POINT[None])
    expected = slow_log_likelihood(samples, 0.25, POINT)
    assert found.log_likelihood()[0] == pytest.approx(expected, rel=1e-9)


def test_points_run_together_as_they_run_alone():
    points = np.stack([POINT, POINT * 0.9, POINT * 1.1])
    series = likelihood.StandardisedPair(gappy_samples(), 0.25)
    together = likelihood.innovations_at(series, points).log_likelihood()
    alone = [likelihood.innovations_at(series, point[None]).log_likelihood()[0] for point in points]
    np.testing.assert_allclose(together, alone, rtol=1e-9)


@pytest.mark.parametrize("step", [0.01, 0.25, 3.0])
def test_discretisation_is_exact(step):
    drift = likelihood.drift_of(POINT[None])
    diffusion = np.diag([0.0, 0.7, 0.0, 0.4])[None]
    transition, covariance = kalman.discretise(drift, diffusion, step)
    block = np.block([[-drift[0], diffusion[0]], [np.zeros((4, 4)), drift[0].T]])
    exact = linalg.expm(block * step)
    np.testing.assert_allclose(transition[0], linalg.expm(drift[0] * step), atol=1e-12)
    np.testing.assert_allclose(covariance[0], exact[4:, 4:].T @ exact[:4, 4:], atol=1e-12)


def test_missing_samples_leave_no_innovation():
    samples = gappy_samples()
    found = likelihood.innovations_at(likelihood.StandardisedPair(samples, 0.25), POINT[None])
    np.testing.assert_array_equal(np.isfinite(found.values[0]), np.isfinite(samples))
