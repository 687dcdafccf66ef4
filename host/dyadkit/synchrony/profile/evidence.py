"""Evidence of one session, for its profile: estimates already made, and what is usual."""

from dataclasses import dataclass, field

from dyadkit.dyad.result import Result
from dyadkit.synchrony.context import Contrast
from dyadkit.synchrony.coupling import Coupling
from dyadkit.synchrony.dynamics import OscillatorFit
from dyadkit.synchrony.responses import Direction

_NAN = float("nan")


@dataclass(frozen=True, slots=True, eq=False)
class Responsiveness(Result):
    """Responsiveness of one person: how often the partner's arousal peaks are answered.

    peaks : of the partner; share : answered within the response window
    chance : share expected from peaks at unrelated times; p : of the share against it
    latency_s : how much later the answer is
    direction : whether the answer is a rise (amplifying) or a fall (compensating)
    """

    peaks: int
    share: float
    chance: float
    p: float
    latency_s: float = _NAN
    direction: Direction = Direction.NONE


@dataclass(frozen=True, slots=True, eq=False)
class RecoveryEvidence(Result):
    """Recovery of one person: median times alone and with the partner, and p of the difference."""

    alone_s: float
    together_s: float
    p: float


@dataclass(frozen=True, slots=True, eq=False)
class Usual(Result):
    """Baseline of a dyad: what is usual, from its own rest or other sessions; NaN where unknown.

    strength, strength_deviation : mean and spread of absolute coupling strength
    answered_by_a, answered_by_b : usual share of answered peaks
    amplification : usual variance ratio of the pair (geometric mean of both people's)
    """

    strength: float = _NAN
    strength_deviation: float = _NAN
    answered_by_a: float = _NAN
    answered_by_b: float = _NAN
    amplification: float = _NAN


@dataclass(frozen=True, slots=True, eq=False)
class ProfileEvidence(Result):
    """Evidence of one session: all that is known; what was not measured is None or empty.

    by_a, by_b : how a answers b's peaks, and b a's
    recovery_a, recovery_b : of each person, alone and with the partner
    contrasts : of any course between conditions of the session
    finest_lag_s : lags shorter than this may be the clocks'; NaN where that is not known
    """

    coupling: Coupling
    oscillator: OscillatorFit | None = None
    by_a: Responsiveness | None = None
    by_b: Responsiveness | None = None
    recovery_a: RecoveryEvidence | None = None
    recovery_b: RecoveryEvidence | None = None
    contrasts: tuple[Contrast, ...] = ()
    usual: Usual = field(default_factory=Usual)
    finest_lag_s: float = _NAN
