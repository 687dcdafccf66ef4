"""Cautionary patterns: three that deserve a second look, named only above the own baseline."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from dyadkit.dyad.result import Result
from dyadkit.synchrony.chance.correction import p_words
from dyadkit.synchrony.dynamics import Regime
from dyadkit.synchrony.profile.evidence import ProfileEvidence, Responsiveness

MIN_PEAKS = 20
MARGIN = 0.10
"""A share this far above chance is an answer worth the name."""
STRICT = 0.01
DEVIATIONS = 2.0
STRONG_BELIEF = 0.9


class Pattern(StrEnum):
    """Cautionary patterns: the three that the clinical literature tells apart."""

    INSUFFICIENT_RESPONSIVENESS = "insufficient responsiveness"
    EXCESSIVE_SYNCHRONY = "excessive synchrony"
    MUTUAL_AMPLIFICATION = "mutual amplification"


@dataclass(frozen=True, slots=True, eq=False)
class Caution(Result):
    """Cautionary pattern found, the threshold it passed, and what it does not mean.

    threshold : relative to chance and to this dyad's own baseline, in words
    evidence : the numbers that passed it, in words
    """

    pattern: Pattern
    evidence: str
    threshold: str
    does_not_mean: str


def cautions_of(evidence: ProfileEvidence) -> tuple[Caution, ...]:
    """The patterns this session shows; none where the dyad's own baseline is unknown."""
    found = [
        _unanswered(evidence.by_a, evidence.usual.answered_by_a, "a"),
        _unanswered(evidence.by_b, evidence.usual.answered_by_b, "b"),
        _excessive(evidence),
        _amplifying(evidence),
    ]
    return tuple(caution for caution in found if caution is not None)


def _unanswered(found: Responsiveness | None, usual: float, who: str) -> Caution | None:
    if found is None or found.peaks < MIN_PEAKS or not np.isfinite(usual):
        return None
    highest = _highest_share(found)
    if not highest < min(found.chance + MARGIN, usual):
        return None
    return Caution(
        Pattern.INSUFFICIENT_RESPONSIVENESS,
        f"{who} answered {found.share:.0%} of {found.peaks} peaks (at most {highest:.0%} with "
        f"95 % confidence; chance {found.chance:.0%}, usual {usual:.0%})",
        f"at least {MIN_PEAKS} peaks, and the upper 95 % bound below both chance + {MARGIN:.0%} "
        "and this dyad's usual share",
        f"It does not mean that {who} does not care or notice: calm presence, a resting body or a "
        "loose electrode look the same. Not answering every peak can be what steadies a partner.",
    )


def _highest_share(found: Responsiveness) -> float:
    """Upper end of Wilson's 95 % interval (Wilson 1927, J. Am. Stat. Assoc. 22, 209–212)."""
    z, count, share = 1.959964, found.peaks, found.share
    middle = share + z**2 / (2 * count)
    half = z * np.sqrt(share * (1 - share) / count + z**2 / (4 * count**2))
    return float((middle + half) / (1 + z**2 / count))


def _excessive(evidence: ProfileEvidence) -> Caution | None:
    coupling, usual = evidence.coupling, evidence.usual
    threshold = usual.strength + DEVIATIONS * usual.strength_deviation
    if not (coupling.p <= STRICT and abs(coupling.strength) > threshold):
        return None
    return Caution(
        Pattern.EXCESSIVE_SYNCHRONY,
        f"coupling {coupling.strength:+.2f}, {p_words(coupling.p)}; usual for this dyad "
        f"{usual.strength:.2f} ± {usual.strength_deviation:.2f}",
        f"p ≤ {STRICT} against chance, and more than {DEVIATIONS:.0f} standard deviations above "
        "this dyad's own baseline",
        "It does not mean that the two are too close: joint tasks, talk and shared movement raise "
        "synchrony, and the same height can be delight in one setting and vigilance in another.",
    )


def _amplifying(evidence: ProfileEvidence) -> Caution | None:
    fit, usual = evidence.oscillator, evidence.usual.amplification
    if fit is None or fit.regime is not Regime.CODYSREGULATION:
        return None
    ratio = float(np.sqrt(np.prod(fit.variance_ratio)))
    lowest = min(low for low, _ in fit.variance_ratio_interval)
    certain = fit.p_coupled <= STRICT and fit.regime_probability >= STRONG_BELIEF
    if not (certain and lowest > 1 and ratio > usual):
        return None
    return Caution(
        Pattern.MUTUAL_AMPLIFICATION,
        f"both vary more together than alone (pair {ratio:.1f} times; usual for this dyad "
        f"{usual:.1f} times), belief {fit.regime_probability:.2f}",
        f"coupling p ≤ {STRICT}, belief ≥ {STRONG_BELIEF}, both people's 95 % intervals of the "
        "variance ratio above 1 (what no coupling gives), and above this dyad's own baseline",
        "It does not mean that the two harm each other: shared excitement, play and laughter "
        "amplify too. What was going on decides, and that is not in these signals.",
    )
