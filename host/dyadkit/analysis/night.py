"""Analysis of a night: sleep and wake of both by movement, and whether one's waking follows."""

from dataclasses import dataclass

import numpy as np

from dyadkit.dyad.result import Result
from dyadkit.dyad.traces import PERSONS, Dyad, PersonTraces
from dyadkit.errors import SignalError
from dyadkit.signals.sleep import Sleep, sleep_by_movement
from dyadkit.synchrony.chance.correction import p_words
from dyadkit.synchrony.following.awakenings import SharedAwakenings, couple_awakenings

ALPHA = 0.05
MOVEMENT_HZ = 1.0
AXES = ("acc_x", "acc_y", "acc_z")
_SHARED_ROOM = (
    "A noise, a light or a third person who wakes both could explain this; lying still awake "
    "counts as sleep."
)


@dataclass(frozen=True, slots=True, eq=False)
class Night(Result):
    """Night of two people: sleep of each, and awakenings that follow the partner's.

    sleep_a, sleep_b : None where movement could not tell
    awakenings : None where it could not be tested; refusals : why, by what was asked
    """

    source: str
    simulated: bool
    duration_s: float
    sleep_a: Sleep | None
    sleep_b: Sleep | None
    awakenings: SharedAwakenings | None
    refusals: dict[str, str]

    @property
    def shows_following(self) -> bool:
        """Whether it may be claimed that one wakes after the other: the night's only claim."""
        return self.awakenings is not None and self.awakenings.p <= ALPHA

    def sentences(self) -> list[str]:
        """What the night shows in plain words."""
        found = [
            f"{person} sleeps {one.sleep_minutes / 60:.1f} h of "
            f"{(one.sleep_minutes + one.wake_minutes) / 60:.1f} h by movement, and wakes "
            f"{len(one.awakenings_s)} times."
            for person, one in (("a", self.sleep_a), ("b", self.sleep_b))
            if one is not None
        ]
        found += [f"{what} could not be told: {why}." for what, why in self.refusals.items()]
        return found if self.awakenings is None else [*found, *self._following(self.awakenings)]

    def _following(self, one: SharedAwakenings) -> list[str]:
        if not self.shows_following:
            return [
                f"Neither is shown to wake within {one.max_lag_s:.0f} s of the other "
                f"({p_words(one.p)}, both directions)."
            ]
        who, whom, share, by_chance = (
            ("b", "a", one.b_after_a, one.expected[0])
            if one.p_b_after_a <= one.p_a_after_b
            else ("a", "b", one.a_after_b, one.expected[1])
        )
        return [
            f"{who} wakes within {one.max_lag_s:.0f} s after {share:.0%} of {whom}'s awakenings, "
            f"{abs(one.lag_s):.0f} s later in the middle; {by_chance:.0%} by chance "
            f"({p_words(one.p)}, both directions).",
            _SHARED_ROOM,
        ]


def analyze_night(dyad: Dyad) -> Night:
    """Sleep and wake of both people, and whether one wakes within a minute of the other.

    Raises
    ------
    SignalError
        neither person's movement can tell anything
    """
    refusals: dict[str, str] = {}
    slept = [_sleep(dyad, k, refusals) for k in range(2)]
    if slept == [None, None]:
        raise SignalError(f"the night cannot be told: {'; '.join(refusals.values())}")
    awakenings = None
    if slept[0] is not None and slept[1] is not None:
        try:
            woken = [one.awakenings_s for one in slept if one is not None]
            awakenings = couple_awakenings(woken[0], woken[1], dyad.duration_s)
        except SignalError as refusal:
            refusals["Waking after the other"] = str(refusal)
    return Night(
        dyad.source, dyad.simulated, dyad.duration_s, slept[0], slept[1], awakenings, refusals
    )


def _sleep(dyad: Dyad, column: int, refusals: dict[str, str]) -> Sleep | None:
    person = PERSONS[column]
    try:
        return _moved(dyad.person(person), dyad.duration_s)
    except SignalError as refusal:
        refusals[f"Sleep of {person}"] = str(refusal)
        return None


def _moved(person: PersonTraces, duration_s: float) -> Sleep:
    if not set(AXES) <= set(person.traces):
        raise SignalError("no accelerometer was recorded")
    columns = [person.traces[axis].grid(MOVEMENT_HZ, 0.0, duration_s) for axis in AXES]
    return sleep_by_movement(np.stack(columns, axis=1), MOVEMENT_HZ)
