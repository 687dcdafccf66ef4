"""Primary question of a session, declared in its plan: it is asked first, with the whole budget.

What is declared beforehand need not share the error rate with all else that could be asked, so a
paradigm of six minutes can end in a sentence. Other tests get what the primary one hands on.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from dyadkit.analysis.decision import family as names
from dyadkit.dyad.traces import Mark
from dyadkit.synchrony.context import Contrast
from dyadkit.synchrony.profile import Levels, against_the_rest

OTHERS = "the other conditions"
SKIN, HEART_RATE = "skin", "heart rate"
_CONTRAST = re.compile(r"(?P<measure>.+?)\s*:\s*(?P<condition>.+)")


@dataclass(frozen=True, slots=True)
class Primary:
    """Primary question: coupling of one signal, or a measure in one condition against the others.

    measure : "skin" or "heart rate" for coupling; else of `Levels`, with its person, such as
        "heart rate of a", or "coupling" of the skin
    condition : the one that is compared with all others; empty for coupling of the session
    """

    measure: str
    condition: str = ""

    @classmethod
    def of(cls, words: str) -> Self | None:
        """The question in a plan's words; None where nothing is declared.

        Raises
        ------
        ValueError
            neither coupling of a signal nor a measure and a condition

        Examples
        --------
        >>> Primary.of("heart rate of a: still face")
        Primary(measure='heart rate of a', condition='still face')
        >>> Primary.of("skin").tests
        ('skin: b follows a', 'skin: a follows b', 'skin waveform')
        """
        words = words.strip()
        if not words:
            return None
        if words in (SKIN, HEART_RATE):
            return cls(words)
        parts = _CONTRAST.fullmatch(words)
        if parts is None:
            raise ValueError(
                f"the primary question {words!r} is not known: give skin or heart rate (coupling), "
                "or a measure and a condition, such as “heart rate of a: still face”"
            )
        return cls(parts["measure"], parts["condition"])

    @property
    def tests(self) -> tuple[str, ...]:
        """Names of its tests in the family of the session."""
        if self.condition:
            return (names.context(self.measure, self.condition, OTHERS),)
        return names.SKIN if self.measure == SKIN else (names.HEART_RATE,)

    def contrasts(self, seen: Levels, marks: Sequence[Mark]) -> tuple[Contrast, ...]:
        """The contrast it asks for; none where it asks for coupling.

        Raises
        ------
        SignalError
            the measure was not recorded, or the condition was not marked or is too short
        """
        if not self.condition:
            return ()
        found = against_the_rest(seen, marks, self.measure, self.condition)
        return (replace(found, measure=self.measure, second=OTHERS),)
