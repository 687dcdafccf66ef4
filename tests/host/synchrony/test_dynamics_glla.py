"""The field's regression models: their published numbers, and their known bias."""

import csv
import gzip
import json

import numpy as np
import pytest

from dyadkit.errors import SignalError
from dyadkit.synchrony import dynamics
from dyadkit.synchrony.dynamics.regressions.glla import derivatives
from fakes.oscillator_dyads import UNCOUPLED, simulate

COLUMNS = ("couple", "female", "time", "dial")
NAMES = {
    "stiffness": "obs",
    "damping": "d1",
    "coupling": "p_obs",
    "velocity_coupling": "p_d1",
}


def long_form(pair, dyad=1):
    n = len(pair)
    return np.stack(
        [np.full(2 * n, dyad), np.repeat([0, 1], n), np.tile(np.arange(n), 2), pair.T.reshape(-1)],
        axis=1,
    )


@pytest.fixture(scope="module")
def couples(data):
    folder = data / "dyads" / "rties"
    with gzip.open(folder / "rties_ExampleDataShort.csv.gz", "rt") as lines:
        rows = list(csv.DictReader(lines))
    number = {"": np.nan, "NA": np.nan}
    return np.array([[float(number.get(row[name], row[name])) for name in COLUMNS] for row in rows])


@pytest.fixture(scope="module")
def reference(data):
    return json.loads((data / "oracles" / "rties.json").read_text())


def test_glla_gives_the_numbers_of_rties(couples, reference):
    fits = dynamics.fit_glla(couples, (2, 3), (3, 4), 1.0)
    assert [fit.dyad for fit in fits] == [row["dyad"] for row in reference["fitTable"]]
    for fit, row, parameters in zip(
        fits, reference["fitTable"], reference["clo_params"], strict=True
    ):
        assert (fit.tau, fit.embedding) == (row["tau"], row["embed"])
        for field, name in NAMES.items():
            for person in (0, 1):
                expected = parameters[f"{name}_{person}"]
                found = getattr(fit, field)[person]
                assert np.isnan(found) if expected is None else abs(found - expected) <= 1e-5
    np.testing.assert_allclose([f.r_squared for f in fits], reference["clo_R2"], atol=1e-9)
    np.testing.assert_allclose(
        [f.uncoupled_r_squared for f in fits], reference["unc_R2"], atol=1e-9
    )


@pytest.mark.parametrize(
    ("name", "file"), [("clean", "in5_clo_clean"), ("noise10", "in6_clo_noise10")]
)
def test_glla_gives_the_numbers_of_rties_on_simulated_oscillators(data, name, file):
    table = np.loadtxt(data / "oracles" / "inputs" / f"{file}_1hz.csv", delimiter=",", skiprows=1)
    oracle = json.loads((data / "oracles" / "rties_clo_simulated.json").read_text())[name]
    fit = dynamics.fit_glla(long_form(table[:, 1:]), (1, 2, 3), (3, 4, 5), 1.0)[0]
    assert (fit.tau, fit.embedding) == (oracle["fit"][0]["tau"], oracle["fit"][0]["embed"])
    for field, short in NAMES.items():
        expected = [oracle["params"][0][f"{short}_{person}"] for person in (0, 1)]
        np.testing.assert_allclose(getattr(fit, field), expected, atol=1e-5)
    assert fit.period[0] == pytest.approx(oracle["fit"][0]["Period0"], abs=0.01)


def test_inertia_and_coordination_give_the_numbers_of_rties(couples, reference):
    fits = dynamics.fit_inertia_coordination(couples, lag_samples=2)
    expected = reference["inertCoord_R2"]
    for field, name in (
        ("inertia_r_squared", "R2inert"),
        ("coordination_r_squared", "R2coord"),
        ("r_squared", "R2inertCoord"),
    ):
        np.testing.assert_allclose([getattr(f, field) for f in fits], expected[name], atol=1e-9)


def test_derivatives_of_a_parabola_are_exact():
    time_s = np.arange(30) * 0.5
    found = derivatives(3 + 2 * time_s + 0.7 * time_s**2, tau=2, embedding=5, dt=0.5)
    middle_s = time_s[4:-4]
    np.testing.assert_allclose(found[:, 1], 2 + 1.4 * middle_s)
    np.testing.assert_allclose(found[:, 2], 1.4)


def test_glla_misses_the_damping_it_warns_about():
    table = np.concatenate([long_form(simulate(k, UNCOUPLED), k) for k in range(8)])
    fits = dynamics.fit_glla(table, (1, 2, 3), (3, 4, 5), 1.0)
    assert abs(np.median([fit.damping for fit in fits])) < 0.02 < 0.08
    assert all("no damping" in fit.bias for fit in fits)


def test_inertia_is_the_weight_of_the_own_past():
    rng = np.random.default_rng(1)
    pair = np.zeros((4000, 2))
    for k in range(1, 4000):
        pair[k] = [0.8 * pair[k - 1, 0], 0.5 * pair[k - 1, 1] + 0.3 * pair[k - 1, 0]]
        pair[k] += rng.standard_normal(2)
    fit = dynamics.fit_inertia_coordination(long_form(pair))[0]
    np.testing.assert_allclose(fit.inertia, (0.8, 0.5), atol=0.05)
    np.testing.assert_allclose(fit.coordination, (0.0, 0.3), atol=0.05)


def test_columns_by_name_are_the_same_table():
    table = long_form(simulate(1, UNCOUPLED))
    columns = dict(zip(("dyad", "person", "time", "value"), table.T, strict=True))
    by_name = dynamics.fit_glla(columns, (2,), (4,), 1.0)[0]
    assert by_name.to_dict() == dynamics.fit_glla(table, (2,), (4,), 1.0)[0].to_dict()


@pytest.mark.parametrize(
    ("taus", "embeddings", "dt"),
    [((), (3,), 1.0), ((0,), (3,), 1.0), ((1,), (2,), 1.0), ((1,), (3,), 0.0)],
)
def test_embeddings_that_make_no_sense_are_refused(taus, embeddings, dt):
    with pytest.raises(ValueError, match="must be"):
        dynamics.fit_glla(long_form(simulate(1, UNCOUPLED)), taus, embeddings, dt)


def test_tables_that_cannot_answer_are_refused():
    table = long_form(simulate(1, UNCOUPLED))
    with pytest.raises(ValueError, match="shape"):
        dynamics.fit_glla(table[:, :3], (1,), (3,), 1.0)
    with pytest.raises(ValueError, match="person"):
        dynamics.fit_glla(table + 5, (1,), (3,), 1.0)
    with pytest.raises(ValueError, match="lacks"):
        dynamics.fit_inertia_coordination({"dyad": table[:, 0]})
    with pytest.raises(SignalError, match="moments"):
        dynamics.fit_glla(table[table[:, 2] < 8], (1,), (3,), 1.0)
    with pytest.raises(SignalError, match="moments"):
        dynamics.fit_inertia_coordination(table[table[:, 2] < 8])
    with pytest.raises(ValueError, match="lag"):
        dynamics.fit_inertia_coordination(table, lag_samples=0)
