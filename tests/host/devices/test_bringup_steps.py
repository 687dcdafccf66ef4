"""The table of the bring-up: a key a step, limits that can be kept and broken, models that are."""

from pathlib import Path

import pytest

from dyadkit.devices.bench.bringup_steps import STEPS, Figure, StepKind

ROOT = Path(__file__).parents[3]
FIGURES = [(step, figure) for step in STEPS for figure in step.figures]


def test_every_step_and_every_figure_of_a_step_has_a_name_of_its_own():
    assert len({step.name for step in STEPS}) == len(STEPS)
    for step in STEPS:
        assert len({one.name for one in step.figures}) == len(step.figures)
        assert step.expects(), step.name


def test_a_person_confirms_words_and_everything_else_is_a_figure():
    for step in STEPS:
        assert bool(step.figures) == (step.kind is not StepKind.CONFIRMED), step.name
        assert (step.seconds > 0) == (step.kind is StepKind.RECORDED), step.name


@pytest.mark.parametrize(("step", "figure"), FIGURES, ids=lambda one: getattr(one, "name", ""))
def test_every_limit_can_be_kept_and_broken(step, figure):
    assert (figure.low, figure.high) != (None, None)
    assert figure.is_within(figure.high if figure.low is None else figure.low)
    assert not figure.is_within(float("nan"))
    broken = figure.low - 1e-6 if figure.low is not None else figure.high + 1e-6
    assert not figure.is_within(broken)


def test_every_figure_of_a_model_stands_in_the_document_it_names():
    models = [(figure.name, figure.model) for _, figure in FIGURES if figure.model is not None]
    assert models
    for name, model in models:
        text = (ROOT / model.document).read_text()
        assert f"{model.value:g}" in text, f"{name}: {model}"


def test_limits_read_as_a_person_would_say_them():
    assert Figure("loss", "%", high=0.0).limits() == "none"
    assert Figure("loss", "%", high=5.0).limits() == "≤ 5 %"
    assert Figure("room", "kB", low=4.0).limits() == "≥ 4 kB"
    assert Figure("supply", "V", 3.2, 3.4).limits() == "3.2 to 3.4 V"
