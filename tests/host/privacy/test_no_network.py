"""No command touches a network but those that are asked to, which are listed."""

import ast
import contextlib
import shlex
import socket
import sys
from pathlib import Path

import pytest
import typer

from dyadkit import cli
from dyadkit.cli import app
from dyadkit.storage import sealing
from fakes.short_session import begun, write

ROOT = Path(__file__).parents[3]
HOST = ROOT / "host" / "dyadkit"
COMMANDS = {
    f"{name} {word}".strip()
    for name, group in typer.main.get_command(app).commands.items()
    for word in (getattr(group, "commands", None) or {"": group})
}
NETWORKED = {
    "live": "the page, on this computer only",
    "station": "what the page of live asks, on this computer only",
    "listen": "--port on this computer only; --lsl in the local network",
    "play": "LSL outlets in the local network",
}
"""Commands whose purpose it is; each needs no option but itself, and says so in its help."""
SLOW = (
    "demo",
    "replay",
    "virtual",
    "bringup",
    "record",
    "bench-sync",
    "multiverse",
    "plan-session",
)
"""Minutes of a simulator or of statistics; run with --slow."""
STUDY = ("check", "plan", "freeze", "run", "status", "report", "export")
LINES = {
    "demo": ["demo --minutes 0.2 --out d"],
    "replay": ["replay nowhere nowhere --out r"],
    "virtual": ["virtual --minutes 0.1"],
    "devices": ["devices --seconds 0.5", "devices --usb"],
    "pair": ["pair f --a x --b y"],
    "doctor": ["doctor"],
    "field": ["field f"],
    "flash": ["flash /dev/nowhere --board feathers3 --name blue"],
    "update": ["update /dev/nowhere"],
    "bringup": ["bringup f --out b --simulated"],
    "calibrate": ["calibrate /dev/nowhere --jig j.toml"],
    "record": ["record f --out rec --radio simulated --minutes 0.1 --force", "record f --out rec2"],
    "pull": ["pull f --out p", "pull f --usb --out q"],
    "mark": ["mark open talk"],
    "info": ["info s"],
    "recover": ["recover s --out t"],
    "correct": ["correct s --person a --pulse-artefact 0 1 --by AB"],
    "lock": ["lock s"],
    "unlock": ["unlock s"],
    "purge": ["purge s --person b --yes", "purge s --yes"],
    "withdraw": ["withdraw s --person a"],
    "analyze": ["analyze s --report r.html --report r.json"],
    "why": ["why r.json"],
    "night": ["night s"],
    "buffering": ["buffering s --alone alone --together together"],
    "study demo": ["study demo --out st --dyads 2 --minutes 2", "study run st/study.toml"],
    **{f"study {word}": [f"study {word} study.toml"] for word in STUDY},
    "multiverse": ["multiverse s"],
    "plan-session": ["plan-session --conditions rest,talk"],
    "schema": ["schema"],
    "weeks": ["weeks s s"],
    "import": ["import --explain table.csv", "import table.csv table.csv --out i"],
    "export": [f"export s --to {form}" for form in ("csv", "neurokit", "xdf", "bids", "bdf")],
    "sync-log": ["sync-log s --out log.json"],
    "bench-sync": ["bench-sync s", "bench-sync n --simulated --minutes 1"],
    "keys new": ["keys new"],
    "keys list": ["keys list"],
    "keys rotate": ["keys rotate"],
    "keys give": ["keys give /dev/nowhere"],
    "keys reset": ["keys reset /dev/nowhere 7cdfa1000001"],
    "keys revoke": ["keys revoke blue"],
    "keys export": ["keys export safe.key"],
}
MAY_IMPORT = {
    "cli/live/page.py": "live: opens the page",
    "formats/inlets.py": "listen: a port on this computer, LSL",
    "live": "live: the page on this computer, LSL outlets",
    "study": "study run --dask: workers that are named",
    "links/serialport.py": "a port that is called socket://",
}
NETWORK_MODULES = {
    "socket", "ssl", "urllib", "http", "ftplib", "smtplib", "xmlrpc", "requests", "aiohttp",
    "httpx", "websockets", "starlette", "uvicorn", "distributed", "pylsl", "webbrowser",
}  # fmt: skip
NETWORK_CALLS = {"start_server", "open_connection", "create_server", "create_datagram_endpoint"}
EVENTS = ("socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo", "socket.sendmsg",
          "socket.gethostbyname")  # fmt: skip
watched = {"is_on": False, "seen": []}


def watch(event, args):
    """Audit hook: it sees what C code does, too, and lets nothing out while it is on."""
    if not watched["is_on"] or event not in EVENTS:
        return
    on = args[0]
    if isinstance(on, socket.socket) and on.family == getattr(socket, "AF_UNIX", None):
        return  # within this computer: the system's Bluetooth is asked through one
    watched["seen"].append((event, str(args[1:])))
    raise OSError(101, "Network is unreachable")


sys.addaudithook(watch)


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DYADKIT_PASSPHRASE", "five words that nobody says")
    monkeypatch.setattr(sealing, "COST_LOG2", 10)
    write(tmp_path / "s")
    begun(tmp_path / "open").abandon()
    (tmp_path / "table.csv").write_text(
        "time,EDA (µS)\n" + "".join(f"{k},2.5\n" for k in range(99))
    )
    (tmp_path / "dyads.toml").write_text(
        '[f.a]\nwearable = "x"\nparticipant = "P"\n[f.b]\nwearable = "y"\nparticipant = "C"\n'
    )
    return tmp_path


def networked_by(lines, monkeypatch, capsys):
    """What commands tried to reach, one after the other."""
    watched.update(is_on=True, seen=[])
    try:
        for line in lines:
            monkeypatch.setattr(sys, "argv", ["dyadkit", *shlex.split(line)])
            with contextlib.suppress(SystemExit):
                cli.main()
    finally:
        watched["is_on"] = False
    assert "Traceback" not in capsys.readouterr().err
    return watched["seen"]


def test_every_command_is_here():
    assert set(LINES) | set(NETWORKED) >= COMMANDS
    assert not set(LINES) & set(NETWORKED)


@pytest.mark.parametrize(
    "name",
    [pytest.param(one, marks=pytest.mark.slow) if one in SLOW else one for one in LINES],
)
def test_no_command_reaches_for_a_network(name, place, monkeypatch, capsys):
    before = {"why": LINES["analyze"], "unlock": LINES["lock"]}.get(name, [])
    keys = LINES["keys new"] if name.startswith("keys ") and name != "keys new" else []
    assert networked_by([*keys, *before, *LINES[name]], monkeypatch, capsys) == []


def test_a_command_that_reaches_for_a_network_is_caught(place, monkeypatch, capsys):
    assert networked_by(["listen s --port 0"], monkeypatch, capsys)


def reaching_out(file):
    """Modules and calls of a file that lead to a network."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from {one.name.split(".")[0] for one in node.names} & NETWORK_MODULES
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from {node.module.split(".")[0]} & NETWORK_MODULES
        elif isinstance(node, ast.Attribute):
            yield from {node.attr} & NETWORK_CALLS


def test_only_those_parts_that_are_asked_to_can_reach_a_network():
    found = {}
    for file in HOST.rglob("*.py"):
        place = file.relative_to(HOST)
        if (
            place.as_posix() in MAY_IMPORT
            or place.parts[0] in MAY_IMPORT
            or "inside" in place.parts
        ):
            continue
        if names := set(reaching_out(file)):
            found[place.as_posix()] = names
    assert found == {}


def test_every_command_with_a_network_is_in_the_privacy_page():
    page = (ROOT / "docs" / "privacy.md").read_text()
    assert [name for name in NETWORKED if f"`{name}" not in page] == []


def test_nothing_asks_for_a_newer_version_or_tells_how_it_is_used():
    words = ("telemetry", "sentry", "analytics", "pypi.org")
    found = [
        f"{file.relative_to(HOST)}: {word}"
        for file in HOST.rglob("*.py")
        for word in words
        if word in file.read_text().lower()
    ]
    assert found == []
