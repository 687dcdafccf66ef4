"""bringup: a lab's first two boards, step by step, to a page and a file that may be handed in."""

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dyadkit.cli.options import DYADS_NAME, AsJson, Dyads
from dyadkit.cli.output import ExitCode, emit, progress
from dyadkit.dyad.private_files import private_folder

if TYPE_CHECKING:
    from dyadkit.devices.bench.bringup import Bringup, Figures
    from dyadkit.devices.bench.bringup_steps import Figure, Step
    from dyadkit.devices.bench.clock_bench import Benched
    from dyadkit.devices.pairing import Members

SIMULATED_S = 90.0
"""How long a simulated recording is, whatever its step asks of boards."""


def register(app: typer.Typer) -> None:
    """Add this command to the application."""
    app.command()(bringup)


def bringup(
    dyad: Annotated[str, typer.Argument(help="Name given with pair to the two boards.")],
    out: Annotated[Path, typer.Option(help="File of the bring-up, .json; a page beside it.")],
    only: Annotated[
        list[str] | None, typer.Option(help="Only this step; may be repeated.", metavar="STEP")
    ] = None,
    dyads: Dyads = Path(DYADS_NAME),
    simulated: Annotated[
        bool, typer.Option("--simulated", help="Two virtual boards; meters read what models say.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Walk two new boards through their first tests.

    The steps are those of hardware/bringup-checklist.md. Enter leaves one out for now; the same
    command goes on with what is open or was out of range. The file may be handed in as one of
    hardware/measured/. Ends with 1 while anything is open or out of range.
    """
    import asyncio

    from dyadkit.devices.bench.bringup import walk
    from dyadkit.devices.bench.bringup_measures import MEASURES
    from dyadkit.devices.bench.bringup_steps import STEPS
    from dyadkit.dyad.saving import save

    if out.suffix != ".json":
        raise typer.BadParameter("end the name in .json", param_hint="--out")
    names = [step.name for step in STEPS]
    unknown = sorted(set(only or ()) - set(names))
    if unknown:
        raise typer.BadParameter(
            f"no step {', '.join(unknown)}: there are {', '.join(names)}", param_hint="--only"
        )
    steps = [step for step in STEPS if not only or step.name in only]
    before = _before(out, simulated)
    lab = SimulatedLab(out.with_suffix("")) if simulated else _terminal(dyads, dyad, out)
    found = asyncio.run(walk(lab, MEASURES, before, steps))
    found = _with_boards(found, lab.boards)
    save(found, out)
    save(found, out.with_suffix(".html"))
    emit(found.to_dict(), as_json, [*found.sentences(), f"written: {out}, {out.stem}.html"])
    raise typer.Exit(ExitCode.OK if found.is_passed else ExitCode.ERROR)


def _before(out: Path, simulated: bool) -> "Bringup":
    """What was found already; nothing where there is no file yet."""
    from dyadkit.devices.bench.bringup import Bringup
    from dyadkit.devices.bench.bringup_steps import Origin
    from dyadkit.errors import SessionError

    origin = (Origin.SIMULATED if simulated else Origin.MEASURED).value
    if not out.exists():
        return Bringup(origin, str(date.today()), {}, (), ())
    try:
        found = Bringup.from_dict(json.loads(out.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SessionError(f"{out} is not a file of dyadkit bringup: {error}") from error
    if found.origin != origin:
        raise SessionError(f"{out} holds {found.origin} figures: give another --out")
    return found


def _with_boards(found: "Bringup", boards: dict[str, str]) -> "Bringup":
    from dataclasses import replace

    return replace(found, boards={**found.boards, **boards})


def _terminal(dyads: Path, dyad: str, out: Path) -> "TerminalLab":
    from dyadkit.devices.pairing import read_dyad

    return TerminalLab(read_dyad(dyads, dyad), out.with_suffix(""))


class TerminalLab:
    """People at this terminal with two real boards; `boards` is what the boards told."""

    def __init__(self, members: "Members", folder: Path) -> None:
        self.boards: dict[str, str] = {}
        self._members = members
        self._folder = folder

    async def type_figure(self, step: "Step", figure: "Figure", subject: str) -> float | None:
        """A figure that a person reads off a meter."""
        while True:
            typed = self._ask(step, subject, f"{figure.name}, {figure.unit} ({figure.limits()})")
            try:
                return float(typed.replace(",", ".")) if typed else None
            except ValueError:
                typer.echo(f"{typed} is no number", err=True)

    async def confirm(self, step: "Step", subject: str) -> bool | None:
        """Whether a person sees what is expected."""
        typed = self._ask(step, subject, f"{step.expects()}? y or n")
        return None if not typed else typed.lower().startswith("y")

    async def ask(self, step: "Step", subject: str) -> "Figures | None":
        """The self-test of a board."""
        from dyadkit.devices.discovery import asked, link_to
        from dyadkit.links.ble import BleRadio

        if self._ask(step, subject, "y begins, Enter leaves it out").lower() != "y":
            return None
        wearable = self._members["a" if subject == "a" else "b"].wearable
        found = await asked(wearable, await link_to(wearable, BleRadio()))
        if found.complaint or found.failed_checks is None:
            typer.echo(f"{wearable}: {found.complaint or 'told no self-test'}", err=True)
            return None
        self.boards[subject] = f"{found.wearable}, firmware {found.firmware}"
        failed = [one for one in found.failed_checks if one != "calibration"]
        if failed:
            typer.echo(f"{wearable} failed: {', '.join(failed)}", err=True)
        return {step.figures[0].name: float(len(failed))}

    async def record(self, step: "Step") -> "Benched | None":
        """A recording of both boards, made as any other."""
        import asyncio

        minutes = step.seconds / 60
        if self._ask(step, "pair", f"{minutes:g} minutes; y begins").lower() != "y":
            return None
        return await asyncio.to_thread(self._recorded, step)

    def _recorded(self, step: "Step") -> "Benched":
        from dyadkit.capture.session import RecordingPlan
        from dyadkit.cli.keys import MarkKeys
        from dyadkit.cli.live_recording import by_radio, record_here
        from dyadkit.sessions.loading import open_session

        folder = _free(self._folder / step.name)
        plan = RecordingPlan(folder, duration_s=step.seconds, about={"bringup": step.name})
        record_here(by_radio, self._members, plan, MarkKeys(folder))
        return open_session(folder)

    @staticmethod
    def _ask(step: "Step", subject: str, question: str) -> str:
        import sys

        typer.echo(f"{step.name}, {subject}: {step.what}\n  {question}: ", nl=False, err=True)
        line = sys.stdin.readline()
        if not line:
            typer.echo("(nobody answers: left out)", err=True)
        return line.strip()


class SimulatedLab:
    """Two virtual boards; meters read what the models say, and what nobody models is left out."""

    def __init__(self, folder: Path) -> None:
        self.boards = {"a": "virtual", "b": "virtual"}
        self._folder = folder

    async def type_figure(self, step: "Step", figure: "Figure", subject: str) -> float | None:
        """The model's figure."""
        return None if figure.model is None else figure.model.value

    async def confirm(self, step: "Step", subject: str) -> bool | None:
        """Nobody looks."""
        return None

    async def ask(self, step: "Step", subject: str) -> "Figures | None":
        """The self-test of a virtual board, in a world of its own."""
        import asyncio

        return await asyncio.to_thread(self._asked, step)

    async def record(self, step: "Step") -> "Benched | None":
        """A simulated recording; of the clock bench with its wire."""
        import asyncio

        return await asyncio.to_thread(self._recorded, step)

    @staticmethod
    def _asked(step: "Step") -> "Figures":
        import numpy as np

        from dyadkit.devices.discovery import asked
        from dyadkit.links.usb import Cable, UsbLink
        from dyadkit.sim import SensorFeed, VirtualWearable, World

        feed = SensorFeed(np.full((3000, 2), 60_000, np.int32), 100.0, np.full(30, 5.0), 1.0)
        with World([VirtualWearable("a", feed)]) as world:
            cable = Cable(world.cable("a").open_port, clock_ns=world.clock_ns)
            found = world.run(lambda _: asked("virtual", UsbLink("virtual", cable)))
        failed = [one for one in found.failed_checks or () if one not in ("calibration", "usb")]
        return {step.figures[0].name: float(len(failed))}

    def _recorded(self, step: "Step") -> "Benched":
        from dyadkit.demo import simulated
        from dyadkit.sessions.loading import open_session
        from dyadkit.sim.people import bodies

        folder = _free(self._folder / step.name)
        pair = bodies.meet(bodies.Encounter(), SIMULATED_S + simulated.SETTLE_S, 1)
        circumstances = simulated.Circumstances(settings={"sync_wire": "listen"}, wire_each_s=1.0)
        with progress(f"{step.name} (simulated)", SIMULATED_S) as advance:
            simulated.record_pair(pair, circumstances, folder, lambda now: advance(now.elapsed_s))
        return open_session(folder)


def _free(folder: Path) -> Path:
    """A folder of this name that is not there yet: a step may be done again."""
    count, free = 1, folder
    while free.exists():
        count += 1
        free = folder.with_name(f"{folder.name}-{count}")
    private_folder(free.parent)
    return free
