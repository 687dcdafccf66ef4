"""demo, replay and virtual: virtual wearables, recorded here or for another terminal to record."""

import contextlib
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dyadkit.cli.options import AsJson, Out, Realtime, Seed
from dyadkit.cli.output import emit, progress, say, stopping, whence_lines

if TYPE_CHECKING:
    import asyncio

    from dyadkit.cli.demo.paradigms import Rehearsal
    from dyadkit.demo.simulated import Performance
    from dyadkit.sim.loop import Pace
    from dyadkit.sim.people.bodies import Encounter


MIN_REGIME_MINUTES = 10.0
MAX_RECORDED_S = 3600.0


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    for command in (demo, replay, virtual):
        app.command()(command)


def demo(
    minutes: Annotated[
        float | None,
        typer.Option(min=1.5, help="Recorded minutes; 5, or 10 with --regime.", show_default=False),
    ] = None,
    out: Out = None,
    coupling: Annotated[
        float, typer.Option(min=-0.95, max=0.95, help="How strongly b follows a; 0: not at all.")
    ] = 0.6,
    lag_s: Annotated[float, typer.Option("--lag", help="Seconds by which b follows a.")] = 1.5,
    regime: Annotated[
        str,
        typer.Option(
            help="Two whose arousal swings, instead: uncoupled, one-way, coregulation or "
            "codysregulation; ten minutes or more."
        ),
    ] = "",
    paradigm: Annotated[
        str,
        typer.Option(
            help="Rehearse a paradigm instead, from series: still-face, conflict, therapy, "
            "procedure, night or visits."
        ),
    ] = "",
    wearables: Annotated[
        bool, typer.Option("--wearables", help="Rehearse it through virtual wearables.")
    ] = False,
    seed: Seed = 1,
    realtime: Realtime = False,
    as_json: AsJson = False,
) -> None:
    """Record two simulated people on virtual wearables, and report."""
    if paradigm:
        rehearsal = _rehearsal(paradigm, out, seed)
        if wearables:
            _refuse_long(rehearsal)
            return rehearsal.through_wearables(_pace(realtime), as_json)
        return rehearsal.as_series(as_json)
    from dyadkit.demo import simulated
    from dyadkit.sim.people import bodies, influence

    minutes = minutes or (MIN_REGIME_MINUTES if regime else 5.0)
    if regime and minutes < MIN_REGIME_MINUTES:
        raise typer.BadParameter(
            f"a regime shows in {MIN_REGIME_MINUTES:g} minutes or more, not in {minutes:g}",
            param_hint="--minutes",
        )
    encounter = (
        _swinging(regime, seed) if regime else bodies.Encounter(influence.Follows(coupling, lag_s))
    )
    folder = out or _free_folder(f"demo-{seed}")
    with progress("recording (simulated)", minutes * 60) as advance, stopping() as stop:
        recorded = simulated.record_pair(
            bodies.meet(encounter, minutes * 60 + simulated.SETTLE_S, seed),
            simulated.Circumstances(seed=seed, pace=_pace(realtime)),
            folder,
            lambda now: advance(now.elapsed_s),
            stop=stop,
        )
    _end_if_asked(folder, stop)
    _finish_simulated(folder, recorded, as_json)


def _rehearsal(paradigm: str, out: Path | None, seed: int) -> "Rehearsal":
    from dyadkit.cli.demo.paradigms import Rehearsal
    from dyadkit.demo.paradigms import Paradigm

    known = [one.value for one in Paradigm]
    if paradigm not in known:
        raise typer.BadParameter(
            f"{paradigm} is not one of {', '.join(known)}", param_hint="--paradigm"
        )
    return Rehearsal(paradigm, out or _free_folder(paradigm), seed)


def _refuse_long(rehearsal: "Rehearsal") -> None:
    """Nights need an accelerometer and hours of computing, visits ten recordings."""
    kit = rehearsal.kit
    if kit.visits > 1 or kit.seconds > MAX_RECORDED_S:
        raise typer.BadParameter(
            f"{kit.paradigm.value} is rehearsed from series only: it lasts "
            f"{kit.visits * kit.seconds / 60:.0f} minutes",
            param_hint="--wearables",
        )


def _swinging(regime: str, seed: int) -> "Encounter":
    from dyadkit.sim.people import regimes

    known = {one.regime: one for one in reversed(regimes.SimulatedRegime)}
    if regime not in known:
        raise typer.BadParameter(f"no regime {regime!r}: one of {', '.join(known)}")
    return regimes.scenario(known[regime], seed).encounter


def replay(
    a_source: Annotated[Path, typer.Argument(help="E4 recording of person a.")],
    b_source: Annotated[Path, typer.Argument(help="E4 recording of person b.")],
    out: Out = None,
    seed: Seed = 1,
    realtime: Realtime = False,
    as_json: AsJson = False,
) -> None:
    """Play two people's E4 recordings to virtual wearables.

    They are played through the sensors and take the same path as any other. A source is a folder
    or zip with EDA.csv and BVP.csv, or the common beginning of the names of such files
    (DIR/round_1_phase2_A for DIR/round_1_phase2_A_EDA.csv.gz and ..._BVP.csv.gz).
    """
    from dyadkit.demo import simulated
    from dyadkit.demo.replay import read_pair

    pair = read_pair(a_source, b_source)
    folder = out or _free_folder("replay")
    with progress("replaying", pair.seconds) as advance, stopping() as stop:
        recorded = simulated.record_feeds(
            pair.feeds,
            pair.plan(folder, seed),
            simulated.Circumstances.replaying(pair.ppg_rate_hz, seed, _pace(realtime)),
            lambda now: advance(now.elapsed_s),
            stop,
        )
    _end_if_asked(folder, stop)
    _finish_simulated(folder, recorded, as_json)


def virtual(
    minutes: Annotated[float, typer.Option(min=0.1, help="How long they stay.")] = 30.0,
    seed: Seed = 1,
    as_json: AsJson = False,
) -> None:
    """Plug in two virtual wearables, each on a serial port.

    Other commands take them for real ones. They run the real firmware on two simulated people, in
    real time, until Ctrl-C.
    """
    from dyadkit.demo import simulated
    from dyadkit.dyad.traces import PersonName
    from dyadkit.sim.loop import Pace
    from dyadkit.sim.people import bodies

    circumstances = simulated.Circumstances(seed=seed, pace=Pace.REAL)
    feeds = simulated.feeds_of(bodies.meet(bodies.Encounter(), minutes * 60, seed), circumstances)

    def report(ports: dict[PersonName, str]) -> None:
        lines = [
            f"person {person}'s virtual wearable is at {port}" for person, port in ports.items()
        ]
        lines.append(f"dyadkit pair virtual --a {ports['a']} --b {ports['b']}")
        lines.append("dyadkit record virtual --usb --out try")
        emit({"ports": dict(ports)}, as_json, lines)

    def held_up(seconds: float) -> None:
        say(
            "this computer is too busy for virtual wearables: they were held up for "
            f"{seconds:.0f} s so far, and have gaps there",
            err=True,
        )

    with contextlib.suppress(KeyboardInterrupt), simulated.world_of(feeds, circumstances) as world:
        world.run(lambda _: simulated.serve_terminals(world, minutes * 60, report, held_up))


def _end_if_asked(folder: Path, stop: "asyncio.Event") -> None:
    """End after Ctrl-C: what was recorded until then is closed, and nobody waits for a report."""
    if stop.is_set():
        say(f"stopped; what was recorded until then: dyadkit analyze {folder}", err=True)
        raise KeyboardInterrupt


def _finish_simulated(folder: Path, recorded: "Performance", as_json: bool) -> None:
    from dyadkit.analysis.whole import analyze
    from dyadkit.sessions.loading import load

    with progress("analyzing", 1) as _:
        result = analyze(load(folder), seed=0)
        result.save(folder / "report.html")
        result.save(folder / "report.json")
    summary = {
        "folder": str(folder),
        "report": str(folder / "report.html"),
        "frames_hash": recorded.frames_hash,
        "missing_blocks": recorded.outcome.missing_blocks,
        "fidelity": {person: asdict(kept) for person, kept in recorded.fidelity.items()},
    }
    lines = [*whence_lines(result.whence), *result.sentences()]
    lines += [
        f"person {person}: {kept.given} pulse samples given by the sensor, {kept.missing} missing, "
        f"{kept.altered} altered"
        for person, kept in recorded.fidelity.items()
    ]
    lines += [
        f"hash of all simulated frames: {recorded.frames_hash}",
        f"report: {summary['report']}",
    ]
    emit(summary, as_json, lines)


def _pace(realtime: bool) -> "Pace":
    from dyadkit.sim.loop import Pace

    return Pace.REAL if realtime else Pace.VIRTUAL


def _free_folder(stem: str) -> Path:
    folder, count = Path(stem), 1
    while folder.exists():
        count += 1
        folder = Path(f"{stem}-{count}")
    return folder
