"""live: a page in the browser that shows both people while they are recorded; station behind it.

The page's server runs here, the recorder beside it as a process of its own: what ends one does not
end the other.
"""

import subprocess
import sys
import time
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dyadkit.cli.options import DYADS_NAME, AsJson, Dyads, Seed, Usb
from dyadkit.cli.output import emit, say
from dyadkit.dyad.private_files import private_file

if TYPE_CHECKING:
    from dyadkit.live.recorder.view import MarkPad, PageLabels

START_TIMEOUT_S = 60.0
Port = Annotated[int, typer.Option(min=0, max=65535, help="Of the page; 0: any that is free.")]
NoBrowser = Annotated[bool, typer.Option("--no-browser", help="Only print the address.")]
Minutes = Annotated[float, typer.Option(min=1.0, help="With --sim: how long the two are there.")]
Speed = Annotated[
    float, typer.Option(min=0.01, max=1000.0, help="Of a replay: 1 as it was, 10 ten times that.")
]
Title = Annotated[str, typer.Option("--dyad", help="Name of the dyad, kept with its wearables.")]
Participants = Annotated[
    tuple[str, str], typer.Option(help="Participant codes of a and b (no names).")
]
Roles = Annotated[str, typer.Option(help="What a and b are to each other, as parent,child.")]
Conditions = Annotated[
    str, typer.Option(help="Keys 1, 2, … begin and end these: rest=5,talk=10 (minutes planned).")
]
Events = Annotated[str, typer.Option(help="The keys after them mark these: cries,laughs.")]


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command()(live)
    app.command(hidden=True)(station)


def live(
    session: Annotated[
        Path | None,
        typer.Argument(help="Session to see: one that records now, or one to play."),
    ] = None,
    sim: Annotated[
        bool, typer.Option("--sim", help="Two simulated people on virtual wearables, to try it.")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="Folder to record to.")] = None,
    title: Title = "",
    participants: Participants = ("", ""),
    roles: Roles = "",
    conditions: Conditions = "",
    events: Events = "",
    dyads: Dyads = Path(DYADS_NAME),
    usb: Usb = False,
    minutes: Minutes = 30.0,
    seed: Seed = 1,
    speed: Speed = 1.0,
    port: Port = 0,
    no_browser: NoBrowser = False,
    as_json: AsJson = False,
) -> None:
    """Record and see both people in the browser, or see them again.

    Without a session it finds, pairs and checks two wearables, records and marks, all from the
    page. With one that is recording, it shows that; with a finished or imported one, it plays it.
    The page is for this computer only. Ctrl-C ends the page, never a recording.
    """
    from dyadkit.errors import extra
    from dyadkit.live.door import Reached, door_of

    with extra("live"):
        import starlette  # noqa: F401 - what is not installed is said before anything is begun
        import uvicorn  # noqa: F401
        import websockets  # noqa: F401
    folder = session or out or _free_folder()
    is_there = Reached.read(door_of(folder))
    if is_there is None or not _answers(is_there.port):
        words = ["--replay"] * (session is not None)
        words += ["--sim", "--minutes", str(minutes), "--seed", str(seed)] * sim
        words += ["--usb"] * usb + ["--speed", str(speed), "--dyads", str(dyads)]
        words += ["--dyad", title, "--participants", *participants, "--roles", roles]
        words += ["--conditions", conditions, "--events", events]
        _labels(title, participants, roles, conditions, events)
        if session is not None:
            _check_session(session)
        _start_recorder(folder, words)
    serve_page(folder, port, no_browser, as_json)


def station(
    folder: Path,
    replay: Annotated[bool, typer.Option("--replay")] = False,
    sim: Annotated[bool, typer.Option("--sim")] = False,
    title: Title = "",
    participants: Participants = ("", ""),
    roles: Roles = "",
    conditions: Conditions = "",
    events: Events = "",
    dyads: Dyads = Path(DYADS_NAME),
    usb: Usb = False,
    minutes: Minutes = 30.0,
    seed: Seed = 1,
    speed: Speed = 1.0,
) -> None:
    """Be the recorder of a live page: `live` starts it."""
    from dyadkit.live.recorder import running

    if replay:
        running.run_replay(folder, speed)
        return
    labels = _labels(title, participants, roles, conditions, events)
    plan = running.StationPlan(folder, labels, None if sim or not title else dyads, usb)
    if sim:
        running.run_simulated(plan, minutes, seed)
    else:
        running.run_station(plan)


def serve_page(folder: Path, port: int, no_browser: bool, as_json: bool) -> None:
    """Serve the page of a recorder until Ctrl-C, then let the recorder go if it records nothing."""
    from dyadkit.live.server.running import serve

    def ready(address: str) -> None:
        emit({"address": address, "folder": str(folder)}, as_json, [address])
        sys.stdout.flush()
        if not no_browser:
            webbrowser.open(address)

    try:
        serve(folder, port, ready)
    except KeyboardInterrupt:
        pass
    finally:
        _let_go(folder)


def start_page(folder: Path, port: int) -> "subprocess.Popen[bytes]":
    """Serve the page of a recording that goes on here from a process of its own."""
    words = [sys.executable, "-m", "dyadkit", "live", str(folder), "--port", str(port)]
    return subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=sys.stderr)


def _start_recorder(folder: Path, words: list[str]) -> None:
    """Start the recorder as a process of its own; wait until it listens."""
    from dyadkit.errors import LinkError
    from dyadkit.live.door import Reached, door_of

    door = door_of(folder)
    door.unlink(missing_ok=True)
    said = door.with_suffix(".log")
    with private_file(said).open("wb") as log:
        started = subprocess.Popen(
            [sys.executable, "-m", "dyadkit", "station", str(folder), *words],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    until_s = time.monotonic() + START_TIMEOUT_S
    while Reached.read(door) is None:
        if started.poll() is not None or time.monotonic() > until_s:
            why = said.read_text(encoding="utf-8", errors="replace").strip()[-500:]
            started.kill()
            raise LinkError(why.removeprefix("dyadkit: ") or "the recorder did not start")
        time.sleep(0.05)


def _let_go(folder: Path) -> None:
    """Ask the recorder to leave; where it records, say that it goes on."""
    import asyncio

    from dyadkit.errors import LinkError
    from dyadkit.live.door import Reached, Visitor, door_of

    async def ask() -> bool:
        reached = Reached.read(door_of(folder))
        if reached is None:
            return True
        visitor = await Visitor.enter(reached)

        async def listen() -> None:
            async for _ in visitor.messages():
                pass

        listening = asyncio.create_task(listen())
        answer = await visitor.ask({"do": "leave"}, 5.0)
        listening.cancel()
        return answer.get("ok") is True

    try:
        if not asyncio.run(ask()):
            say(f"the recording goes on; to see it again: dyadkit live {folder}", err=True)
    except (OSError, LinkError):
        return


def _answers(port: int) -> bool:
    import socket

    from dyadkit.live.door import HOST

    with socket.socket() as asking:
        asking.settimeout(1.0)
        return asking.connect_ex((HOST, port)) == 0


def _check_session(session: Path) -> None:
    """Refuse what is no session before a process is started for it."""
    from dyadkit.sessions.loading import open_session
    from dyadkit.storage import FILE_NAME, read_session

    if (session / FILE_NAME).is_file() or session.suffix == ".mcap":
        read_session(session)
    else:
        open_session(session)


def _labels(
    title: str, participants: tuple[str, str], roles: str, conditions: str, events: str
) -> "PageLabels":
    from dyadkit.live.recorder.view import PageLabels

    words = [word.strip() for word in roles.split(",")] if roles else ["", ""]
    if len(words) != 2:
        raise typer.BadParameter("give two words, as parent,child", param_hint="--roles")
    pads = _pads(conditions, events)
    return PageLabels(
        title, {"a": participants[0], "b": participants[1]}, {"a": words[0], "b": words[1]}, pads
    )


def _pads(conditions: str, events: str) -> "list[MarkPad]":
    from dyadkit.live.recorder.view import MarkPad

    pads = []
    for one in filter(None, (part.strip() for part in conditions.split(","))):
        label, _, planned = one.partition("=")
        try:
            pads.append(
                MarkPad(label.strip(), "condition", float(planned) * 60 if planned else None)
            )
        except ValueError:
            raise typer.BadParameter(
                f"{one}: give minutes after =, as rest=5", param_hint="--conditions"
            ) from None
    pads += [MarkPad(one) for one in filter(None, (part.strip() for part in events.split(",")))]
    if len(pads) > 9:
        raise typer.BadParameter("there are nine keys", param_hint="--events")
    return pads


def _free_folder() -> Path:
    count = 1
    while Path(f"live-{count}").exists():
        count += 1
    return Path(f"live-{count}")
