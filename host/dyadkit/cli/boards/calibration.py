"""calibrate: a wearable on the bench, before it is worn."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from dyadkit.cli.options import AsJson, RadioChoice
from dyadkit.cli.output import ExitCode, emit

if TYPE_CHECKING:
    from dyadkit.devices.calibration_jig import Calibrated


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command()(calibrate)


def calibrate(
    wearable: Annotated[str, typer.Argument(help="Name (as dyad-3f2a), address, or serial port.")],
    jig: Annotated[int, typer.Option(min=1, max=65535, help="Number written on the jig.")],
    radio: Annotated[
        RadioChoice, typer.Option(help="simulated: a virtual wearable of real parts and a jig.")
    ] = RadioChoice.BLUETOOTH,
    as_json: AsJson = False,
) -> None:
    """Calibrate a wearable's skin conductance with the jig.

    The jig is that of hardware/calibration.md. Asks for one position after the other. The wearable
    keeps the constants only if the positions that were not used to find them are read right; else
    this ends with 1.
    """
    result = _simulated(jig) if radio is RadioChoice.SIMULATED else _here(wearable, jig)
    emit(_as_dict(result), as_json, _sentences(result))
    raise typer.Exit(ExitCode.OK if result.is_accepted else ExitCode.ERROR)


def _here(wearable: str, jig: int) -> "Calibrated":
    import asyncio

    from dyadkit.devices.calibration_jig import calibrate as read_all
    from dyadkit.devices.discovery import link_to
    from dyadkit.links.ble import BleRadio

    async def program() -> "Calibrated":
        link = await link_to(wearable, BleRadio())
        return await read_all(link, _ask, day=_today(), jig=jig)

    return asyncio.run(program())


async def _ask(ohms: float | None) -> None:
    """Have a person turn the jig."""
    import asyncio
    import sys

    from dyadkit.errors import SignalError

    typer.echo(f"jig to {_named(ohms)}, then Enter: ", nl=False, err=True)
    if not await asyncio.to_thread(sys.stdin.readline):
        raise SignalError("nobody turns the jig: calibrate asks at a terminal")


def _simulated(jig: int) -> "Calibrated":
    import numpy as np

    from dyadkit.devices.calibration_jig import calibrate as read_all
    from dyadkit.links.ble import BleLink, BleRadio
    from dyadkit.sim import VirtualWearable, World
    from dyadkit.sim.device.circuit import Circuit
    from dyadkit.sim.jig import VirtualJig

    virtual = VirtualJig()
    circuit = Circuit.drawn(np.random.default_rng(jig))

    async def program(world: World) -> "Calibrated":
        async def place(ohms: float | None) -> None:
            await virtual.place(world, ohms)

        radio = BleRadio(world.client_backend, world.scanner_backend, world.clock_ns)
        link = BleLink(world.address("virtual"), radio)
        return await read_all(link, place, day=_today(), jig=jig)

    with World([VirtualWearable("virtual", virtual.feed(), circuit=circuit)]) as world:
        return world.run(program)


def _today() -> int:
    """Days since the first that wearables know."""
    from datetime import date

    from dyadkit.dyad.provenance import CALIBRATION_DAY_0

    return (date.today() - CALIBRATION_DAY_0).days


def _named(ohms: float | None) -> str:
    return "open" if ohms is None else f"{ohms:,.0f} ohm"


def _as_dict(result: "Calibrated") -> dict[str, object]:
    return {
        "accepted": result.is_accepted,
        "calibration": result.calibration._asdict(),
        "readings": [asdict(one) for one in result.readings],
        "checks": [{**asdict(one), "ok": one.is_within_limits} for one in result.checks],
    }


def _sentences(result: "Calibrated") -> list[str]:
    found = result.calibration
    said = [
        f"zero of the current {found.zero_current_nv / 1e3:.1f} uV, of the voltage "
        f"{found.zero_voltage_nv / 1e3:.1f} uV, gain {1 + found.gain_ppm / 1e6:.5f}"
    ]
    for one in result.checks:
        judged = "fine" if one.is_within_limits else "TOO FAR OFF"
        said.append(
            f"check at {_named(one.ohms)}: {one.measured_usiemens:.4f} uS, "
            f"{1e3 * one.error_usiemens:+.1f} nS: {judged}"
        )
    if result.is_accepted:
        return [*said, "accepted: the wearable keeps these constants"]
    return [*said, "not accepted, nothing was kept: check the jig's contacts, then the board"]
