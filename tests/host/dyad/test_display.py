"""What a result looks like in a terminal and in a notebook: short, true, and escaped."""

import importlib
import pkgutil
from dataclasses import dataclass, fields

import numpy as np
import pytest

import dyadkit
from dyadkit.dyad.display import MAX_LINES, WIDTH
from dyadkit.dyad.result import Result
from dyadkit.dyad.traces import Alignment, Dyad, Mark, PersonTraces, Trace
from dyadkit.sim.people import bodies


def every_kind_of_result():
    """All classes derived from Result, wherever they stand."""
    for one in pkgutil.walk_packages(dyadkit.__path__, "dyadkit."):
        if not {"inside", "__main__"} & set(one.name.split(".")):
            importlib.import_module(one.name)
    found, left = set(), [Result]
    while left:
        below = [one for one in left.pop().__subclasses__() if one.__module__.startswith("dyadkit")]
        found |= set(below)
        left += below
    return sorted(found, key=lambda kind: (kind.__module__, kind.__name__))


def fits(text):
    lines = text.splitlines()
    return len(lines) <= MAX_LINES and max(map(len, lines)) <= WIDTH


@pytest.fixture(scope="module")
def dyad():
    return bodies.perfect_dyad(bodies.meet(bodies.Encounter(), 240.0, seed=3))


@pytest.fixture(scope="module")
def found(dyad):
    return dyadkit.analyze(dyad, seed=0)


@dataclass(frozen=True, slots=True, eq=False)
class Holder(Result):
    """Anything in one field."""

    value: object


@dataclass(frozen=True, slots=True, eq=False)
class Wide(Result):
    """A value and a text that never fits beside it."""

    value: object
    note: str = "word " * 200


def shown(value):
    """The line of a value in a result that does not fit into one line."""
    return next(line for line in repr(Wide(value)).splitlines() if "value=" in line).strip()


def test_every_kind_of_result_is_shown_short():
    kinds = every_kind_of_result()
    assert len(kinds) > 100
    assert [kind.__name__ for kind in kinds if kind.__repr__ is not Result.__repr__] == []


def test_everything_in_an_analysis_fits_a_terminal(dyad, found):
    left, seen = [dyad, found], 0
    while left:
        one = left.pop()
        if isinstance(one, Result):
            assert fits(repr(one)), repr(one)
            seen += 1
            left += [getattr(one, field.name) for field in fields(one)]
        elif isinstance(one, dict | tuple):
            left += one.values() if isinstance(one, dict) else one
    assert seen > 50


def test_a_result_of_numbers_is_shown_as_a_dataclass():
    cry = Mark(131.5, 131.5, "cry", person="a")
    assert repr(cry) == "Mark(start_s=131.5, stop_s=131.5, label='cry', kind='event', person='a')"
    assert repr(Holder((0.1, None, float("nan"), True))) == "Holder(value=(0.1, None, nan, True))"
    assert repr(Holder(())) == "Holder(value=())"
    assert repr(Holder((1,))) == "Holder(value=(1,))"


@pytest.mark.parametrize(
    ("values", "short"),
    [
        (np.array([3.91, np.nan, 4.2] + 47 * [4.0]), "array(50, 3.91…4.2, 2 % NaN)"),
        (np.array([np.nan] + 999 * [4.0]), "array(1000, all 4, < 1 % NaN)"),
        (np.array([4.0] + 999 * [np.nan]), "array(1000, all 4, > 99 % NaN)"),
        (np.full(9, np.nan), "array(9, all NaN)"),
        (np.array([0.0, 1.0, 2.0, 3.0, np.inf]), "array(5, 0…inf)"),
        (np.arange(12).reshape(3, 4), "array(3×4, 0…11)"),
        (np.array([True] * 9 + [False]), "array(10, 90 % True)"),
        (np.array([1.0, np.nan]), "array([1.0, nan])"),
        (np.empty((0, 2)), "array(0×2)"),
        (np.zeros(9, dtype=complex), "array(9, complex128)"),
        (np.array([1.7e9 + i for i in range(9)]), "array(9, 1700000000…1700000008)"),
    ],
)
def test_an_array_is_shown_by_size_range_and_what_is_missing(values, short):
    assert repr(Holder(values)) == f"Holder(value={short})"


def test_long_numbers_are_shown_in_six_digits_and_moments_whole():
    assert repr(Holder(1 / 3)) == "Holder(value=0.333333)"
    assert repr(Holder(np.float64(-0.5))) == "Holder(value=-0.5)"
    assert repr(Holder(1715000000.123)) == "Holder(value=1715000000.12)"


def test_what_does_not_fit_is_left_out_and_says_so():
    trace = Trace(np.arange(9.0), np.arange(9.0), "counts", 1.0)
    short = "Trace(times_s=array(9, 0…8), values=array(9, 0…8), unit='counts', rate_hz=1.0, …)"
    assert f"    value={{\n        'eda': {short},\n    }},\n" in repr(Wide({"eda": trace}))
    assert shown(tuple(trace for _ in range(40))) == "value=(40 × Trace),"
    assert shown(tuple(range(2000))).endswith("22, 23, …),")
    assert fits(repr(Wide("x" * 5000)))
    assert fits(repr(Wide({str(i): trace for i in range(500)})))


def test_a_sentence_is_shown_whole_while_there_is_room():
    sentence = (
        "Person a moves first and b follows, by 1.5 s, in most of the minutes of this session, "
    )
    text = repr(Holder(sentence * 3))
    assert fits(text)
    spoken = "".join(line.strip()[1:-1] for line in text.splitlines()[2:-2])
    assert spoken == sentence * 3


def test_what_is_shown_is_not_what_is_stored(found):
    again = dyadkit.Analysis.from_dict(found.to_dict())
    assert repr(again) == repr(found)
    assert len(again.to_dict()["physiology"]["a"]["times_s"]) == 960


def test_a_notebook_shows_the_sentences_of_an_analysis(found):
    page = found._repr_html_()
    assert "simulated people, no one was recorded" in page
    assert page.count("<svg") == 1
    assert page.count("<li>") == len(found.sentences()) + len(found.refusals)
    assert "follow the partner&#x27;s beyond chance" in page
    assert "p &lt; 0.001" in page
    assert "<li>Not answered, course: 4 minutes are less than two windows of 10.</li>" in page


def test_a_notebook_does_not_call_people_simulated_who_are_not(dyad):
    real = Dyad(dyad.a, dyad.b, duration_s=60.0, source="family-07")
    assert "simulated" not in real._repr_html_()


def test_a_notebook_shows_the_streams_of_a_dyad():
    values = np.array([1.0, np.nan, 3.0, 4.0])
    skin = Trace(np.arange(4.0), values, "<µS>", 1.0, np.array([[1.0, 3.5]]))
    nan = np.array([np.nan])
    clocks = Alignment(nan, nan, nan, nan, np.array([0.0004]), nan, nan, nan)
    page = Dyad(
        PersonTraces({"eda": skin}), PersonTraces({}), (), 90.0, "a & b", True, clocks
    )._repr_html_()
    cells = "<td>a</td><td>eda</td><td>&lt;µS&gt;</td><td>1</td><td>4</td><td>25.0 %</td>"
    assert f"<tr>{cells}<td>1, 2.5 s</td></tr>" in page
    assert "Dyad a &amp; b: 1.5 minutes, 0 marks, clocks within 0.4 ms (95 %), simulated" in page
    assert page.count("<tr>") == 2


def test_a_notebook_shows_a_dyad_of_which_nothing_is_known():
    page = Dyad(PersonTraces({}), PersonTraces({}))._repr_html_()
    assert "nan" not in page
    assert page.count("<tr>") == 1
