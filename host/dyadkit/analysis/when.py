"""When two people are coupled: each long condition, or each third of a long session, by itself.

A dyad that moves together in its conflict only hardly does over the whole hour. Each part is a test
of its own among those of conditions, so asking for parts costs no claim of the error rate.
"""

from collections.abc import Iterator, Mapping, Sequence

from dyadkit.analysis.decision import About, Proposal, Statement
from dyadkit.dyad.traces import Mark
from dyadkit.errors import SignalError
from dyadkit.synchrony.context import condition_spans
from dyadkit.synchrony.coupling import BandScan, Coupling, couple_with
from dyadkit.synchrony.profile import Signal

MIN_PART_S = 240.0
"""Of a condition: in less, thirty seconds and more apart, too few other times are left."""
MIN_WHOLE_S = 2400.0
"""Sessions without conditions are asked by thirds from forty minutes on."""
THIRDS = ("the first third", "the middle third", "the last third")
_LIMITS = (
    "That coupling is shown in one part and not in another does not mean that the two differ; "
    "moving together is not closeness, and a task that both shared moves both."
)


def coupled_parts(
    hearts: Signal, marks: Sequence[Mark], max_lag_s: float, seed: int
) -> tuple[Proposal, ...]:
    """Proposals that heart rates move together within one part of the session.

    Parameters
    ----------
    hearts : of both people, on one grid from session time 0
    marks : conditions decide the parts; those of one person alone do not
    max_lag_s, seed : as of the session's own test
    """
    found = []
    for words, start_s, stop_s in _parts(marks, len(hearts.a) / hearts.rate_hz):
        part = slice(*(round(at_s * hearts.rate_hz) for at_s in (start_s, stop_s)))
        try:
            one = couple_with(
                BandScan(max_lag_s), hearts.a[part], hearts.b[part], hearts.rate_hz,
                seed=seed,
            )  # fmt: skip
        except SignalError:
            continue
        found.append(_proposal(words, (start_s, stop_s), one))
    return tuple(found)


def _parts(marks: Sequence[Mark], duration_s: float) -> Iterator[tuple[str, float, float]]:
    """Name, beginning and end of each part; of a condition that comes again its longest time."""
    shared = [one for one in marks if one.kind == "condition" and one.person is None]
    by_label: Mapping[str, Mark] = {
        one.label: one
        for one in sorted(
            condition_spans(shared, duration_s), key=lambda one: one.stop_s - one.start_s
        )
    }
    if not by_label and duration_s >= MIN_WHOLE_S:
        for k, words in enumerate(THIRDS):
            yield words, k * duration_s / 3, (k + 1) * duration_s / 3
    for one in sorted(by_label.values(), key=lambda mark: mark.start_s):
        stop_s = min(one.stop_s, duration_s)
        if MIN_PART_S <= stop_s - one.start_s < duration_s - 1.0:
            yield f"“{one.label}”", max(one.start_s, 0.0), stop_s


def _proposal(words: str, span_s: tuple[float, float], found: Coupling) -> Proposal:
    minutes = f"minutes {span_s[0] / 60:.0f} to {span_s[1] / 60:.0f}"
    way = "move together" if found.strength > 0 else "move in opposite directions"
    return Proposal(
        f"heart rate within {words}",
        found.p,
        Statement(
            f"In {words} ({minutes}) heart rates {way} beyond chance (correlation "
            f"{found.strength:+.2f} at {found.lag_s:+.1f} s).",
            About.CONTEXT, "heart_rate", positive=True, estimate=found.strength, limits=_LIMITS,
        ),
        Statement(
            f"In {words} ({minutes}) no coupling of heart rate beyond chance is shown.",
            About.CONTEXT, "heart_rate", positive=False, estimate=found.strength, limits=_LIMITS,
        ),
    )  # fmt: skip
