"""Results as JSON with their series apart: the same again to the last bit, or an error of ours."""

import json
from dataclasses import dataclass, field

import numpy as np
import pytest

from dyadkit.analysis.whole import Analysis, analyze
from dyadkit.dyad.digest import digest_of
from dyadkit.dyad.packing import MIN_APART, arrays_of, bytes_of, packed, unpacked
from dyadkit.dyad.result import Result
from dyadkit.dyad.saving import read_saved, save
from dyadkit.dyad.traces import Trace
from dyadkit.errors import SessionError
from dyadkit.sim.people import bodies


@pytest.fixture(scope="module")
def found():
    return analyze(bodies.perfect_dyad(bodies.meet(bodies.Encounter(), 120.0, seed=5)))


def test_an_analysis_comes_back_to_the_last_bit(found, tmp_path):
    found.save(tmp_path / "report.json")
    again = read_saved(Analysis, tmp_path / "report.json")
    assert digest_of(again) == digest_of(found)
    assert again.sentences() == found.sentences()


def test_the_json_names_its_twin_and_holds_no_long_series(found, tmp_path):
    found.save(tmp_path / "report.json")
    plain = json.loads((tmp_path / "report.json").read_text())
    assert plain["arrays"]["file"] == "report.npz"
    name = plain["physiology"]["a"]["tonic_usiemens"]["series"]
    with np.load(tmp_path / "report.npz") as series:
        np.testing.assert_array_equal(series[name], found.physiology.a.tonic_usiemens)

    def longest(value):
        if isinstance(value, list) and value and not isinstance(value[0], dict):
            return len(value) if not isinstance(value[0], list) else max(map(longest, value))
        parts = value.values() if isinstance(value, dict) else value
        return max(map(longest, parts), default=0) if isinstance(value, dict | list) else 0

    assert longest(plain) < 2 * MIN_APART


def test_equal_results_give_equal_files(found, tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        found.save(tmp_path / name / "report.json")
    for file in ("report.json", "report.npz"):
        assert len({(tmp_path / name / file).read_bytes() for name in ("one", "two")}) == 1


@pytest.mark.parametrize("harm", ["missing", "damaged", "another's"])
def test_a_twin_that_is_not_the_json_s_own_is_refused(found, tmp_path, harm):
    found.save(tmp_path / "report.json")
    twin = tmp_path / "report.npz"
    if harm == "missing":
        twin.unlink()
    elif harm == "damaged":
        twin.write_bytes(twin.read_bytes()[:-100])
    else:
        save(Trace(np.arange(99.0), np.arange(99.0), "counts", 1.0), tmp_path / "other.json")
        twin.write_bytes((tmp_path / "other.npz").read_bytes())
    with pytest.raises(SessionError, match="report"):
        read_saved(Analysis, tmp_path / "report.json")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"arrays": 5}', '{"arrays": {"file": 7}}', "{"])
def test_what_is_no_saved_result_is_refused_in_one_sentence(tmp_path, text):
    (tmp_path / "report.json").write_text(text)
    with pytest.raises(SessionError):
        read_saved(Analysis, tmp_path / "report.json")


@dataclass(frozen=True, slots=True, eq=False)
class Odd(Result):
    """Arrays that lists would not show, and one that stands in two places."""

    empty: np.ndarray[tuple[int, ...], np.dtype[np.float64]]
    first: np.ndarray[tuple[int, ...], np.dtype[np.float64]]
    second: np.ndarray[tuple[int, ...], np.dtype[np.float64]]
    kept: dict[str, float] = field(default_factory=dict)


def test_shapes_infinities_and_shared_arrays_survive():
    series = np.array([np.inf, -np.inf, np.nan, -0.0] * MIN_APART)
    odd = Odd(np.empty((0, 2)), series, series, {"a": float("nan")})
    plain, arrays = packed(odd)
    assert sorted(arrays) == ["empty", "first"]
    again = unpacked(Odd, json.loads(json.dumps(plain)), arrays_of(bytes_of(arrays)))
    assert digest_of(again) == digest_of(odd)


def test_a_digest_tells_kinds_shapes_and_borders_apart():
    different = [
        0, 0.0, -0.0, "0", None, False, (), ("",), ("", ""), {"a": "b"}, {"ab": ""},
        np.zeros(2), np.zeros((2, 1)), np.zeros(2, np.float32), np.zeros(4, np.float32),
    ]  # fmt: skip
    assert len({digest_of(one) for one in different}) == len(different)
