"""analyze, why, multiverse, plan-session, schema: one session, and what a reviewer asks of it."""

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dyadkit.cli.options import AboutA, AboutB, AsJson, Reports, Seed, Session, person_of
from dyadkit.cli.output import emit, progress, whence_lines
from dyadkit.dyad.renderers import Audience

if TYPE_CHECKING:
    from dyadkit.analysis.whole import Analysis


class Whose(StrEnum):
    """Person of a dyad that is asked about."""

    A = "a"
    B = "b"


class LevelMeasure(StrEnum):
    """LevelMeasure of a person that conditions are compared in."""

    HEART_RATE = "heart_rate"
    LN_RSA = "ln_rsa"
    SCL = "scl"


MaxLag = Annotated[
    float, typer.Option(help="Lags are searched up to this, either way, 1 to 30 seconds.")
]


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command()(analyze)
    app.command()(why)
    app.command()(multiverse)
    app.command("plan-session")(plan_session)
    app.command("buffering")(buffering)
    app.command()(schema)
    app.command()(night)


def analyze(
    session: Session,
    report: Reports = None,
    seed: Seed = 0,
    others: Annotated[
        list[Path] | None,
        typer.Option(help="Another dyad's session under the same schedule; may be repeated."),
    ] = None,
    max_lag_s: MaxLag = 5.0,
    audience: Annotated[
        Audience, typer.Option(help="Of the page: everything, or one page of plain words.")
    ] = Audience.RESEARCHER,
    plan: Annotated[
        Path | None,
        typer.Option(help="Frozen plan, a TOML file with [analysis]; what deviates is refused."),
    ] = None,
    about_a: AboutA = "",
    about_b: AboutB = "",
    as_json: AsJson = False,
) -> None:
    """Analyze a session: two bodies, their coupling, and a report.

    The report is report.html unless --report names others.
    """
    from dyadkit.analysis.plan import AnalysisPlan, read_plan
    from dyadkit.analysis.whole import analyze as run
    from dyadkit.dyad.saving import checked_name
    from dyadkit.sessions.loading import load

    files = [checked_name(file) for file in report or [Path("report.html")]]
    asked = AnalysisPlan(seed, max_lag_s, len(others or ()))
    planned = []
    if plan is not None:
        found = read_plan(plan)
        asked = replace(asked, primary=found.primary)
        found.agrees(asked)
        planned = [f"as planned: {asked.digest}"]
    people = person_of(about_a), person_of(about_b)
    dyads = [load(session).with_people(*people), *map(load, others or ())]
    with progress("analyzing", 1):
        result = run(dyads[0], seed, dyads[1:], max_lag_s, asked.primary)
    for file in files:
        result.save(file, audience)
    written = [f"report: {file}" for file in files]
    opening = [*whence_lines(result.whence), *result.notes]
    emit(result.to_dict(), as_json, [*opening, *result.sentences(), *planned, *written])


def why(
    result: Annotated[Path, typer.Argument(help="Result of analyze, a .json report.")],
    number: Annotated[
        int | None, typer.Argument(help="Which statement; without it they are listed.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Tell where a statement of a result comes from."""
    from dyadkit.analysis.provenance import why as explained

    found = _read(result)
    if number is None:
        lines = [
            f"{k}. {'' if one.positive else '(not shown) '}{one.sentence}"
            for k, one in enumerate(found.said, start=1)
        ]
    else:
        lines = explained(found, number)
    emit({"lines": lines}, as_json, lines)


def multiverse(session: Session, seed: Seed = 0, as_json: AsJson = False) -> None:
    """Ask for coupling in every defensible way."""
    from dyadkit.analysis.multiverse import multiverse as asked
    from dyadkit.analysis.whole import analyze as run
    from dyadkit.sessions.loading import load

    with progress("analyzing", 1):
        found = asked(run(load(session), seed))
    rows = [
        f"{one.signal:11s} {one.part:12s} {one.test:32s} lags to {one.max_lag_s:3.0f} s  "
        + (f"p {one.p:.3f} at {one.lag_s:+.1f} s" if one.p == one.p else one.why)
        for one in found.specifications
    ]
    emit(found.to_dict(), as_json, [*rows, *found.sentences()])


def buffering(
    session: Session,
    alone: Annotated[str, typer.Option(help="Label of the condition without the partner.")],
    together: Annotated[str, typer.Option(help="Label of the condition with the partner.")],
    person: Annotated[Whose, typer.Option(help="Whose stress is asked about.")] = Whose.A,
    measure: Annotated[
        LevelMeasure, typer.Option(help="LevelMeasure that is compared.")
    ] = LevelMeasure.HEART_RATE,
    as_json: AsJson = False,
) -> None:
    """Ask whether the partner buffers a person's stress.

    The level in a stressor with the partner is compared with the level alone. One question, asked
    beforehand: its p is not that of a session's family.
    """
    from dyadkit.analysis.buffering import BufferingQuestion, stress_buffering_of
    from dyadkit.sessions.loading import load

    asked = BufferingQuestion("a" if person is Whose.A else "b", alone, together, measure.value)
    found = stress_buffering_of(load(session), asked)
    note = found.contrast.note
    also = [f"Beware: {note}."] if note else []
    emit(found.to_dict(), as_json, [found.sentence, *also, found.limits])


def plan_session(
    conditions: Annotated[str, typer.Option(help="Their names in turn, as rest,talk.")],
    minutes: Annotated[float, typer.Option(help="Of the whole session.")] = 10.0,
    repeats: Annotated[int, typer.Option(help="How often each condition comes.")] = 3,
    measures: Annotated[
        int, typer.Option(help="Measures compared: two couplings, and four levels of each person.")
    ] = 10,
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Compute what conditions can show, beforehand."""
    from dyadkit.analysis.decision.family import context_level
    from dyadkit.synchrony.context import design_power

    labels = [label.strip() for label in conditions.split(",") if label.strip()]
    pairs = len(labels) * (len(labels) - 1) // 2
    level = context_level(max(1, measures * pairs))
    found = design_power(labels, minutes, repeats, level, seed)
    effects = ", ".join(
        f"{effect:g} SD in {power:.0%}"
        for effect, power in zip(found.effects, found.power, strict=True)
    )
    lines = [
        f"{' - '.join(found.order)}: {found.block_s:.0f} s each, {minutes:g} minutes.",
        f"Smallest p to be expected, of an effect of five standard deviations: {found.min_p:.2g}; "
        f"to be claimed among {measures * pairs} comparisons it must be {level:.2g} or below.",
        f"Found, in standard deviations of 20 s windows: {effects}.",
    ]
    if repeats == 1:
        lines.append("Each condition comes once: a drift would look the same as a difference.")
    if not found.min_p <= level:
        lines.append("No effect can be claimed by this design: record longer, or compare less.")
    emit(found.to_dict(), as_json, lines)


def schema(as_json: AsJson = False) -> None:
    """Print the JSON Schema that results of analyze keep to."""
    import json

    from dyadkit.analysis.schema import published

    found = published()
    emit(found, as_json, json.dumps(found, indent=1, ensure_ascii=False).splitlines())


def night(session: Session, as_json: AsJson = False) -> None:
    """Tell sleep and wake of both, and who wakes after whom."""
    from dyadkit.analysis.night import analyze_night
    from dyadkit.sessions.loading import load

    with progress("analyzing", 1):
        found = analyze_night(load(session))
    emit(found.to_dict(), as_json, found.sentences())


def _read(path: Path) -> "Analysis":
    """A result from its JSON twin."""
    from dyadkit.analysis.whole import Analysis
    from dyadkit.dyad.saving import read_saved
    from dyadkit.errors import SessionError

    try:
        return read_saved(Analysis, path)
    except (SessionError, ValueError, TypeError, KeyError) as error:
        raise SessionError(
            f"{path} is not a result of analyze: {error}; write one with "
            "dyadkit analyze SESSION --report result.json"
        ) from error
