"""Bring-up of two new boards: the steps of the table walked, and what came out beside the models.

A lab's file of it may be handed in: what it measured then replaces what was simulated.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from dyadkit.devices.bench.bringup_steps import STEPS, Figure, Origin, Step, StepKind, Subject
from dyadkit.devices.bench.clock_bench import Benched
from dyadkit.dyad.result import Result
from dyadkit.dyad.traces import PERSONS

Figures = Mapping[str, float]
"""Values of a step's figures by name."""


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredFigure(Result):
    """One figure of a step on one board or pair, beside the model's; NaN where there is none."""

    name: str
    unit: str
    value: float
    limits: str
    is_within: bool
    model_value: float
    model_origin: str
    model_document: str


@dataclass(frozen=True, slots=True, eq=False)
class StepOutcome(Result):
    """Outcome of one step: its figures, or what a person said; `subject` is a, b or pair."""

    step: str
    subject: str
    what: str
    expected: str
    figures: tuple[MeasuredFigure, ...]
    is_within: bool
    guards_person: bool = False

    def sentence(self) -> str:
        """A line for a person."""
        values = ", ".join(
            f"{one.name} {one.value:g} {one.unit}".rstrip() + f" ({one.limits})"
            for one in self.figures
        )
        verdict = "fine" if self.is_within else "OUT OF RANGE"
        return f"{self.step} {self.subject}: {values or self.expected}: {verdict}"


@dataclass(frozen=True, slots=True, eq=False)
class Bringup(Result):
    """Bring-up of two boards so far: what was found, and which steps nobody has done.

    origin : measured, or simulated where the boards were
    boards : of a and b, as they tell: address, board, firmware
    left_out : names of steps, with the board, that were not done
    """

    origin: str
    date: str
    boards: dict[str, str]
    outcomes: tuple[StepOutcome, ...]
    left_out: tuple[str, ...]

    @property
    def is_passed(self) -> bool:
        """Whether every step was done and kept its limits."""
        return not self.left_out and all(one.is_within for one in self.outcomes)

    def replaced(self) -> list[str]:
        """Sentences on the figures of models that these measurements replace."""
        return [
            f"{outcome.step} {outcome.subject}: {one.name} {one.value:.3g} {one.unit} "
            f"({self.origin}), {one.model_value:g} ({one.model_origin}, {one.model_document})"
            for outcome in self.outcomes
            for one in outcome.figures
            if one.model_document
        ]

    def sentences(self) -> list[str]:
        """Lines for a person."""
        broken = [one for one in self.outcomes if not one.is_within]
        lines = [one.sentence() for one in broken]
        lines += [
            f"{one.step} {one.subject} protects the person who wears it: the board must not be worn"
            for one in broken
            if one.guards_person
        ]
        if self.left_out:
            lines.append(f"not done yet: {', '.join(self.left_out)}")
        done = f"{len(self.outcomes)} steps done, {len(broken)} out of range ({self.origin})"
        verb = "replaces" if self.origin == Origin.MEASURED.value else "beside"
        return [done, *lines, *(f"{verb}: {one}" for one in self.replaced())]


class Lab(Protocol):
    """Whoever finds out how a step ends: people at a terminal, or a simulation; None leaves out."""

    async def type_figure(self, step: Step, figure: Figure, subject: str) -> float | None:
        """A figure that a person reads off a meter."""

    async def confirm(self, step: Step, subject: str) -> bool | None:
        """Whether a person sees what is expected."""

    async def ask(self, step: Step, subject: str) -> Figures | None:
        """What a board tells of itself."""

    async def record(self, step: Step) -> Benched | None:
        """A recording of both boards for as long as the step says."""


class Measure(Protocol):
    """What gives the figures of a step from its recording."""

    def __call__(self, session: Benched) -> Figures:
        """Values by name."""


async def walk(
    lab: Lab,
    measures: Mapping[str, Measure],
    before: Bringup,
    steps: Sequence[Step] = STEPS,
) -> Bringup:
    """Walk the steps that were not done, or not well; ends early where one guards a person.

    Parameters
    ----------
    measures : by the name of the step
    before : what is known already
    """
    kept = {(one.step, one.subject): one for one in before.outcomes if one.is_within}
    left_out: list[str] = []
    is_stopped = False
    for step, subject in todo(steps):
        if (step.name, subject) in kept:
            continue
        found = None if is_stopped else await _outcome(lab, measures, step, subject)
        if found is None:
            left_out.append(f"{step.name} {subject}")
            continue
        kept[step.name, subject] = found
        is_stopped = step.guards_person and not found.is_within
    order = {one: number for number, one in enumerate((s.name, who) for s, who in todo(steps))}
    outcomes = sorted(kept.items(), key=lambda item: order.get(item[0], len(order)))
    return Bringup(
        before.origin, before.date, before.boards, tuple(one for _, one in outcomes),
        tuple(left_out),
    )  # fmt: skip


def todo(steps: Sequence[Step]) -> list[tuple[Step, str]]:
    """Each step with what it is done with."""
    return [
        (step, subject)
        for step in steps
        for subject in (PERSONS if step.subject is Subject.BOARD else ("pair",))
    ]


async def _outcome(
    lab: Lab, measures: Mapping[str, Measure], step: Step, subject: str
) -> StepOutcome | None:
    if step.kind is StepKind.CONFIRMED:
        answer = await lab.confirm(step, subject)
        return None if answer is None else outcome_of(step, subject, {}, is_so=answer)
    values = await _values(lab, measures, step, subject)
    return None if values is None else outcome_of(step, subject, values)


async def _values(
    lab: Lab, measures: Mapping[str, Measure], step: Step, subject: str
) -> Figures | None:
    if step.kind is StepKind.ASKED:
        return await lab.ask(step, subject)
    if step.kind is StepKind.RECORDED:
        session = await lab.record(step)
        return None if session is None else measures[step.name](session)
    typed = {}
    for figure in step.figures:
        value = await lab.type_figure(step, figure, subject)
        if value is None:
            return None
        typed[figure.name] = value
    return typed


def outcome_of(step: Step, subject: str, values: Figures, *, is_so: bool = True) -> StepOutcome:
    """Outcome of a step from its figures' values and what a person said."""
    figures = tuple(_measured(one, values[one.name]) for one in step.figures)
    return StepOutcome(
        step.name, subject, step.what, step.expects(), figures,
        is_so and all(one.is_within for one in figures), step.guards_person,
    )  # fmt: skip


def _measured(figure: Figure, value: float) -> MeasuredFigure:
    model = figure.model
    return MeasuredFigure(
        figure.name, figure.unit, value, figure.limits(), figure.is_within(value),
        float("nan") if model is None else model.value,
        "" if model is None else model.origin.value,
        "" if model is None else model.document,
    )  # fmt: skip


def accepted(plain: dict[str, object]) -> Bringup:
    """A bring-up as it was handed in.

    Raises
    ------
    ValueError
        it is none, was not measured, or names steps or figures that do not exist
    """
    try:
        found = Bringup.from_dict(plain)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ValueError(f"not a file of dyadkit bringup: {error}") from error
    if found.origin != Origin.MEASURED.value:
        raise ValueError(f"its figures are {found.origin or 'of no origin'}, not measured")
    known = {step.name: {one.name for one in step.figures} for step in STEPS}
    for outcome in found.outcomes:
        strange = {one.name for one in outcome.figures} - known.get(outcome.step, set())
        if outcome.step not in known or strange:
            raise ValueError(f"no step {outcome.step} with {', '.join(strange) or 'such a name'}")
    return found
