"""Provenance of a statement: what it rests on, and how to get it again."""

from dyadkit.analysis.decision import ALPHA, Statement
from dyadkit.analysis.findings import Findings
from dyadkit.errors import SessionError


def why(findings: Findings, number: int) -> list[str]:
    """Where statement `number` (from 1) of a session comes from: data, parameters, versions.

    Raises
    ------
    SessionError
        there is no such statement
    """
    if not 1 <= number <= len(findings.said):
        raise SessionError(
            f"{findings.source} says {len(findings.said)} things; there is no number {number}"
        )
    one = findings.said[number - 1]
    return [
        f"{number}. {one.sentence}",
        _standing(one),
        *_numbers(one),
        *([f"It does not mean: {one.limits}"] if one.limits else []),
        *_data(findings, one),
        f"By dyadkit {findings.version}, seed {findings.seed}. The same again: dyadkit analyze "
        f"{findings.source} --seed {findings.seed} --max-lag-s {lag_searched_s(findings):g}",
    ]


def _standing(one: Statement) -> str:
    if not one.positive:
        return "It claims nothing beyond chance."
    if one.p_corrected == one.p_corrected:
        return f"It is claimed because its corrected p is at most {ALPHA:g}."
    return "It is claimed by belief, or follows from a statement that is claimed."


def _numbers(one: Statement) -> list[str]:
    found = []
    if one.p == one.p:
        found.append(f"p {one.p:.3g} alone, {one.p_corrected:.3g} within all tests of the session.")
    if one.estimate == one.estimate:
        low, high = one.interval
        found.append(f"Estimate {one.estimate:.3g}, 95 % {low:.3g} to {high:.3g}.")
    return found


def _data(findings: Findings, one: Statement) -> list[str]:
    quality = (findings.quality.a, findings.quality.b)
    if one.signal == "eda":
        shares = [person.skin_trusted for person in quality]
        counts = [len(body.responses) for body in (findings.physiology.a, findings.physiology.b)]
        rest = f"{counts[0]} and {counts[1]} skin conductance responses"
    elif one.signal == "heart_rate":
        shares = [person.pulse_trusted for person in quality]
        rest = "heart rate at 4 Hz"
    else:
        return [f"It rests on {findings.duration_s / 60:.1f} minutes."]
    return [
        f"It rests on {rest} of {findings.duration_s / 60:.1f} minutes, of which {shares[0]:.0%} "
        f"of a and {shares[1]:.0%} of b can be trusted."
    ]


def lag_searched_s(findings: Findings) -> float:
    """Up to which lag waveforms were searched in a session."""
    lags = [one.max_lag_s for one in findings.coupling.values()]
    return lags[0] if lags else 5.0
