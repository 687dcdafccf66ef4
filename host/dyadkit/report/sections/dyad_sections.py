"""Report sections on the dyad: together at which lag and when, answers, calmed or wound up."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from markupsafe import Markup

from dyadkit import plot
from dyadkit.analysis.decision import About
from dyadkit.analysis.findings import SIGNAL_WORDS, Findings
from dyadkit.plot.coupling import STEP_S, WINDOW_S
from dyadkit.report.drawing import Alt, Space, figure
from dyadkit.report.words import Said, Table, number, numbers_of, said_about
from dyadkit.synchrony.dynamics import FitOutcome, OscillatorFit


@dataclass(frozen=True, slots=True)
class Shown:
    """One figure of evidence: its question, the statements that answer it, the picture, caption."""

    anchor: str
    question: str
    said: list[Said]
    picture: Markup
    caption: str

    @property
    def numbers(self) -> str:
        """Numbers of the statements that the picture shows."""
        return numbers_of(self.said)


def evidence(findings: Findings) -> list[Shown]:
    """Figures of the dyad in the order of the box; what could not be asked has none."""
    found = [
        _lags(findings),
        *_surfaces(findings),
        _answers(findings),
        _levers(findings),
        _course(findings),
    ]
    return [one for one in found if one is not None]


def _lags(findings: Findings) -> Shown | None:
    found = {name: findings.profiles[name] for name in SIGNAL_WORDS if name in findings.profiles}
    if not found:
        return None
    pictures = [
        figure(
            lambda axes, signal=signal: plot.lag_profile(findings, signal, axes=axes),  # type: ignore[misc]
            Alt(
                f"Statistic of {SIGNAL_WORDS[signal]} at every lag, against chance",
                f"It stands out most at {one.lag_s:+.1f} s, {abs(one.top):.1f} times as far as "
                "chance reaches.",
            ),
            Space(190, 40, 24, 26, 58),
        )
        for signal, one in found.items()
    ]
    names = [Markup(f"<h4>{SIGNAL_WORDS[one].capitalize()}</h4>") for one in found]
    both = [part for pair in zip(names, pictures, strict=True) for part in pair]
    return Shown(
        "first", "Together at which lag?", said_about(findings, About.LEADER),
        Markup("").join(both),
        "The statistic of the test at every lag, in units of what chance reaches (1, grey). The "
        "mark is the highest point; the other wiggles are not findings. Right of zero a is first.",
    )  # fmt: skip


def _surfaces(findings: Findings) -> list[Shown]:
    found = []
    for signal in findings.coupling:
        words = SIGNAL_WORDS[signal]
        alt = Alt(
            f"Correlation of {words} in windows of {WINDOW_S:.0f} s at every lag",
            "Time runs to the right, lag upwards; red goes together, blue opposite.",
        )
        picture = figure(
            lambda axes, signal=signal: plot.coupling_surface(findings, signal, axes=axes),  # type: ignore[misc]
            alt, Space(180, 40, 48, 20, 40),
        )  # fmt: skip
        caption = (
            f"Correlation r in windows of {WINDOW_S:.0f} s, one every {STEP_S:.0f} s; up: b "
            "follows a. For looking: single windows vary by chance, and no patch is a finding."
        )
        found.append(Shown(f"when-{signal}", f"When, in {words}?", [], picture, caption))
    return found


def _answers(findings: Findings) -> Shown | None:
    if not findings.around:
        return None
    events = ", ".join(
        f"{one.events} of {'a' if who == 'b' else 'b'}" for who, one in findings.around.items()
    )
    alt = Alt(
        "Mean change of skin conductance around the other's responses",
        "The line is the mean; grey is the same at shifted moments.",
    )
    picture = figure(
        lambda axes: plot.answers(findings, axes=axes), alt, Space(220, 44, 16, 16, 40),
        Space(440, 44, 16, 20, 40),
    )  # fmt: skip
    return Shown(
        "answers", "Does one answer the other's skin responses?",
        said_about(findings, About.ANSWERS), picture,
        f"Mean change of one person around the other's responses ({events}; only those before "
        "which the person drawn was quiet). Grey: 95 % of the same at shifted moments.",
    )  # fmt: skip


def _levers(findings: Findings) -> Shown:
    found = said_about(findings, About.PERSON, About.PAIR)
    if findings.person is None:
        return Shown("regulation", "Calmed or wound up, each person", found, Markup(""), "")
    alt = Alt(
        "A lever for each person: slow arousal with this partner against a constant one",
        f"a {findings.person.a.verdict}, b {findings.person.b.verdict}.",
    )
    picture = figure(
        lambda axes: plot.verdicts(findings, axes=axes), alt, Space(190, 10, 10, 18, 6),
        Space(380, 10, 10, 20, 6),
    )  # fmt: skip
    return Shown(
        "regulation", "Calmed or wound up, each person", found, picture,
        "The beam tilts by how much slow heart rate varies with this partner, against a partner "
        "who stays constant (×1). Fan: 95 % interval. Grey: counts as no change.",
    )  # fmt: skip


def _course(findings: Findings) -> Shown | None:
    found = findings.person_course
    if found is None or not np.isfinite(found.calmed).any():
        return None
    alt = Alt(
        "Belief that each person is wound up or calmed, in windows of ten minutes",
        "Each line is one window; inside the grey it would not be named.",
    )
    picture = figure(
        lambda axes: plot.verdict_course(findings, axes=axes), alt, Space(240, 74, 16, 22, 40)
    )
    return Shown(
        "course", "How does that change in the session?", [], picture,
        f"Windows of {found.window_s / 60:.0f} minutes, each half over the next: two like values "
        "are not two proofs, and no window is corrected for their number. It is for looking.",
    )  # fmt: skip


def dynamics(fit: OscillatorFit | None) -> Table | None:
    """Table of the oscillator model of each person; None where it does not describe them."""
    if fit is None or fit.outcome is not FitOutcome.FITTED or fit.note:
        return None
    rows = [
        (name, number(fit.period_s[k], "{:.0f} s"), number(fit.damping_ratio[k], "{:.2f}"))
        for k, name in enumerate(("a", "b"))
    ]
    caption = "Both swing: own periods, and damping ratios (1 does not swing at all)"
    return Table(caption, ("person", "own period", "damping ratio"), rows)


def recovery(findings: Findings) -> Table | None:
    """Table of how fast each person settles after an own arousal peak."""
    found = findings.responses
    if found is None:
        return None
    rows = [
        (
            name,
            number(one.usual_s, "{:.1f} s"),
            f"{number(one.alone_s, '{:.1f} s')} ({one.alone})",
            f"{number(one.together_s, '{:.1f} s')} ({one.together})",
        )
        for name, one in (("a", found.recovery_a), ("b", found.recovery_b))
    ]
    head = ("person", "settles in", "alone (peaks)", "with the partner's peak")
    caption = "Time until 63 % of a rise are gone: of the typical rise; medians of single ones"
    return Table(caption, head, rows)


def sections(findings: Findings) -> dict[str, Any]:
    """Everything on the dyad, by the names of the template."""
    return {
        "evidence": evidence(findings),
        "dynamics": dynamics(findings.dynamics),
        "recovery": recovery(findings),
        "recovered": said_about(findings, About.RECOVERY),
        "contexts": said_about(findings, About.CONTEXT),
    }
