"""Tables that take a simulation: the fault table and the front end's figures."""

import numpy as np

from hardware import bringup, design
from hardware.sim import (
    alternating,
    direct,
    discharge,
    faults,
    leakage,
    mains,
    opamp,
    quantisation,
    sag,
    stability,
    transient,
)
from hardware.tables import rows

MONTE_CARLO_RUNS = 200
MONTE_CARLO_SEED = 1
SKINS_OHM = (1e4, 1e5, 1e6, 1e7)


def fault_table() -> str:
    """Every single fault, the strongest current first; equal outcomes share a line."""
    normal = [(one.name, *_figures(one), one.kind) for one in faults.normal().values()]
    groups: dict[tuple[str, str, str], list[str]] = {}
    for one in faults.outcomes():
        groups.setdefault((*_figures(one), one.kind), []).append(one.name)
    broken = [("; ".join(names), *figures) for figures, names in groups.items()]
    heads = ("fault", "largest current, uA", "largest skin voltage, V", "kind")
    return rows(heads, [*normal, *broken])


def _figures(one: faults.FaultOutcome) -> tuple[str, str]:
    return f"{1e6 * one.current_a:.2f}", f"{one.skin_v:.2f}"


def figures_table() -> str:
    """What the simulation says of the front end, in one line each."""
    grid = np.array(direct.GRID_USIEMENS)
    spread = np.abs(direct.monte_carlo(MONTE_CARLO_RUNS, MONTE_CARLO_SEED)).max(axis=0)
    cutoffs = [alternating.cutoff_hz(farads)[0] for farads in (1e-9, 10e-9, 30e-9)]
    attached = [transient.attaching(ohms) for ohms in (1e4, 1e5, 1e6)]
    linear = max(map(abs, direct.linearity().values()))
    lines = [
        ("linearity after calibration, 0.05-100 uS, ideal parts", f"{100 * linear:.3f} %"),
        *(
            (f"{MONTE_CARLO_RUNS} wearables of real parts, calibrated, to {limit} uS",
             f"{100 * spread[grid <= limit].max():.2f} %")
            for limit in (20, 40, 100)
        ),
        ("step and noise of one output at 1, 10, 20 uS",
         ", ".join(f"{quantisation.error_nsiemens(one):.2f}" for one in (1, 10, 20)) + " nS rms"),
        ("noise of resistors, amplifiers at 10 uS", f"{alternating.noise_nsiemens():.3f} nS rms"),
        ("bandwidth (-3 dB), skin with 1, 10, 30 nF",
         ", ".join(f"{one:.1f}" for one in cutoffs) + " Hz"),
        ("overshoot of the current when leads are attached",
         f"{100 * max(one.overshoot for one in attached):.1f} %"),
        ("largest skin voltage while switching on", f"{transient.switching_on():.2f} V"),
        ("10 mV rms of mains in the electrode circuit, 50 or 60 Hz +-1 %, at 10 uS",
         f"{alternating.mains_nsiemens():.3f} nS rms"),
        *_guarding_lines(),
        ("electrode offset of 10 mV, at 1, 10, 40, 100 uS", _offsets()),
    ]  # fmt: skip
    return rows(("figure (simulated)", "value"), lines)


def _guarding_lines() -> list[tuple[str, str]]:
    """What the relays, the clamp and the matched delays give."""
    kinds = [one.mpn for one in opamp.AMPLIFIERS]
    margins = [min(stability.margins(kind).values()) for kind in opamp.AMPLIFIERS]
    struck = [discharge.discharge(lead) for lead in design.ELECTRODE_LEADS]
    leaking = [mains.leakage_a(farads) for farads in mains.CHARGER_FARADS]
    films = leakage.errors(leakage.FILM_OHMS[0])
    sagging = [sag.false_response_nsiemens(one) for one in (20.0, 40.0)]
    return [
        (f"smallest phase margin, skin with 0-30 nF, {', '.join(kinds)}",
         ", ".join(f"{one:.0f}" for one in margins) + " deg"),
        ("false response while the supply sags by 20 mV, at 20, 40 uS",
         ", ".join(f"{one:.1f}" for one in sagging) + " nS"),
        ("discharge of 8 kV at a lead: voltage behind the relay, current into an amplifier",
         f"{max(one.lead_v for one in struck):.0f} V, "
         f"{1e3 * max(max(one.output_a, one.input_a) for one in struck):.0f} mA"),
        ("mains through an earthed person on USB, charger with 0.47, 1, 2.2 nF",
         ", ".join(f"{1e6 * one:.0f}" for one in leaking) + " uA rms"),
        ("film of 1 Gohm at a node of high impedance, to its guard; to ground without one",
         f"{100 * films['guard']:.3f} %; {100 * films['GND']:.1f} %"),
    ]  # fmt: skip


def attaching_table() -> str:
    """What the skin gets while leads are put on, with the parts at their worst."""
    lines = [(_skin(ohms), *_burst(transient.attaching(ohms, transient.quickest())))
             for ohms in SKINS_OHM]  # fmt: skip
    heads = (
        "skin, with 30 nF across it", "largest skin voltage, V", "above 0.55 V for, ms",
        "largest current, uA", "above 8.5 uA for, us", "charge of the first 100 us, nC",
    )  # fmt: skip
    return rows(heads, lines)


def _skin(ohms: float) -> str:
    return f"{ohms / 1e6:g} Mohm" if ohms >= 1e6 else f"{ohms / 1e3:g} kohm"


def _burst(one: transient.Attached) -> tuple[str, ...]:
    return (
        f"{one.peak_v:.2f}", f"{1e3 * one.over_voltage_s:.1f}", f"{1e6 * one.peak_a:.0f}",
        f"{1e6 * one.over_current_s:.0f}", f"{1e9 * one.burst_c:.1f}",
    )  # fmt: skip


def _offsets() -> str:
    errors = direct.electrode_offset(0.01)
    return ", ".join(f"{100 * errors[one]:.1f}" for one in (1.0, 10.0, 40.0, 100.0)) + " %"


def bare_table() -> str:
    """What a meter shows across the parts of a bare wing."""
    heads = ("across", "nets", "meter", "good")
    return rows(heads, bringup.bare_limits())


def spice_netlist() -> str:
    """The bench as a file to open in any SPICE."""
    from hardware.sim.netlist import CircuitSetup, netlist

    return f"{netlist(CircuitSetup())}\n.op\n.end\n* revision {design.REVISION}\n"


def simulated() -> dict[str, str]:
    """All tables that take a simulation, by name."""
    return {
        "faults": fault_table(),
        "figures": figures_table(),
        "attaching": attaching_table(),
        "bare": bare_table(),
    }
