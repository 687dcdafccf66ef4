"""Figures: a result in, axes out, with nothing claimed that was not decided."""

from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure

import dyadkit
from dyadkit import plot
from dyadkit.analysis.decision import About
from dyadkit.plot import example
from dyadkit.plot.scale import height, places
from dyadkit.plot.style import CHANCE, DOUBLE_MM, INK, SINGLE_MM, apart, thinned
from dyadkit.sim.people import bodies
from dyadkit.sim.people.influence import Follows

OF_A_SESSION = {
    "against_chance": ("leader",), "alignment": (), "answers": (), "coherence": ("eda",),
    "coupling_surface": ("eda",), "excerpt": ("a",), "heart_rates": (), "lag_profile": ("eda",),
    "pair": (), "person": ("b",), "phase": ("eda",), "quality": (), "recurrence": ("eda",),
    "trust": (), "verdict_course": (), "verdicts": (),
}  # fmt: skip
OF_ANYTHING = [name for name, words in OF_A_SESSION.items() if words != ("eda",)]
"""What can be drawn of sessions in which nothing could be tested."""


def drawn(name, result, **options):
    return getattr(plot, name)(result, *OF_A_SESSION[name], **options)


def test_every_figure_is_here():
    assert {*OF_A_SESSION, "weeks", "dyads"} == set(plot.__all__)


@pytest.mark.parametrize("name", OF_A_SESSION)
def test_a_figure_of_its_own_is_as_wide_as_a_journal_asks(name):
    axes = drawn(name, example.session())
    width_mm = axes.figure.get_figwidth() * 25.4
    assert min(abs(width_mm - one) for one in (SINGLE_MM, DOUBLE_MM)) < 0.01


@pytest.mark.parametrize("name", OF_A_SESSION)
def test_a_figure_is_drawn_on_the_axes_that_are_given_and_changes_no_setting(name):
    before, given = dict(mpl.rcParams), Figure().subplots()
    assert drawn(name, example.session(), axes=given) is given
    assert dict(mpl.rcParams) == before


@pytest.fixture(scope="module")
def empty():
    """A session whose sensors saw nothing."""
    nothing = dyadkit.Series(np.full(1200, 7.0), rate_hz=10.0, unit="µS")
    return dyadkit.analyze(dyadkit.from_arrays({"eda": nothing}, {"eda": nothing}), seed=0)


@pytest.mark.parametrize("name", OF_ANYTHING)
def test_what_could_not_be_measured_is_a_figure_without_a_line(name, empty):
    axes = drawn(name, empty)
    axes.figure.canvas.draw()


SEEDS = range(2000, 2006)


@pytest.fixture(scope="module", params=SEEDS)
def session(request):
    """Sessions of four minutes with and without coupling."""
    rng = np.random.default_rng(request.param)
    met = bodies.Encounter(Follows(float(rng.choice([0.0, 0.4, 0.8])), rng.uniform(-3, 3)))
    return dyadkit.analyze(bodies.perfect_dyad(bodies.meet(met, 240.0, seed=request.param)))


def test_a_mark_lies_outside_of_chance_exactly_where_its_statement_is_claimed(session):
    for about in (About.COUPLING, About.CONTEXT):
        marks = places(session, about)
        asked = [one for one in session.about(about) if one.p_corrected == one.p_corrected]
        assert [abs(one.at) > 1 for one in marks] == [one.positive for one in asked]
    answers = session.about(About.ANSWERS)
    marks = places(session, About.LEADER)[: len(answers)]
    assert [abs(one.at) > 1 for one in marks] == [one.positive for one in answers]


def test_a_lag_profile_leaves_the_grey_exactly_where_coupling_is_claimed(session):
    claimed = {one.signal: one.positive for one in session.about(About.COUPLING)}
    for signal, profile in session.profiles.items():
        assert (abs(profile.top) > 1) == claimed[signal], signal
        assert np.nanmax(np.abs(profile.height)) >= abs(profile.top) - 1e-9


def test_the_lag_that_stands_out_is_the_one_that_is_said(session):
    for one in session.about(About.LEADER):
        if one.positive:
            assert session.profiles[one.signal].lag_s == pytest.approx(one.estimate, abs=0.6)


def test_the_scale_begins_at_chance_and_reaches_it_at_the_error_rate():
    assert height(1.0) == 0.0
    assert height(0.05) == pytest.approx(1.0)
    assert height(0.0499) > 1.0 > height(0.0501)


def test_answers_rise_out_of_chance_where_b_echoes_a_and_not_the_other_way():
    around = example.session().around
    late = (around["b"].times_s > 1.5) & (around["b"].times_s < 5.0)
    assert (around["b"].mean > around["b"].high)[late].all()
    assert around["b"].mean[around["b"].times_s == 0.0] == pytest.approx(0.0)


def test_people_have_their_colours_and_chance_has_its_own():
    axes = plot.pair(example.session())
    heart = axes.child_axes[0]
    assert [line.get_color() for line in heart.lines if len(line.get_xdata()) > 100] == [
        *INK.values()
    ]
    surface = plot.lag_profile(example.session(), "eda")
    assert mpl.colors.to_hex(surface.patches[0].get_facecolor()) == CHANCE


def test_thinning_keeps_extremes_order_and_gaps():
    values = np.sin(np.arange(50_000) / 900.0)
    values[31_337], values[20_000:21_000] = 9.0, np.nan
    x, kept = thinned(np.arange(50_000.0), values)
    assert len(kept) < 3000
    assert kept[np.searchsorted(x, 31_337.0)] == 9.0
    assert (np.diff(x) >= 0).all()
    assert np.isnan(kept[(x > 20_100) & (x < 20_900)]).all()


def test_letters_at_the_end_of_lines_do_not_lie_on_each_other():
    axes = Figure().subplots()
    axes.set_ylim(0.0, 10.0)
    first, second = apart(5.0, 5.1, axes)
    assert second - first > 1.0
    assert apart(1.0, 9.0, axes) == (1.0, 9.0)


def test_a_statement_that_was_not_tested_has_no_place():
    untested = replace(example.session(), said=())
    assert places(untested, About.COUPLING) == []
