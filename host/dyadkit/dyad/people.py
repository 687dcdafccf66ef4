"""Person: facts of who was recorded that decide how numbers of a body are read.

Never a date of birth, and no name: an age in years, or a band, is all that bands of breathing,
limits and refusals need.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from dyadkit.dyad.result import Result

MAX_AGE_YEARS = 120.0


class AgeBand(StrEnum):
    """Age band: what breathing and heart rate of a person are to be expected to be.

    Examples
    --------
    >>> AgeBand.of(0.4), AgeBand.of(31.0), AgeBand.of(float("nan"))
    (<AgeBand.INFANT: 'infant'>, <AgeBand.ADULT: 'adult'>, <AgeBand.UNKNOWN: 'unknown'>)
    """

    INFANT = "infant"
    TODDLER = "toddler"
    CHILD = "child"
    ADOLESCENT = "adolescent"
    ADULT = "adult"
    OLDER = "older"
    UNKNOWN = "unknown"

    @classmethod
    def of(cls, age_years: float) -> "AgeBand":
        """The band of an age; unknown for NaN."""
        for band, below_years in _BELOW_YEARS.items():
            if age_years < below_years:
                return band
        return cls.UNKNOWN if math.isnan(age_years) else cls.OLDER


_BELOW_YEARS = {
    AgeBand.INFANT: 1.0,
    AgeBand.TODDLER: 6.0,
    AgeBand.CHILD: 12.0,
    AgeBand.ADOLESCENT: 18.0,
    AgeBand.ADULT: 65.0,
}
"""Up to six years, preschool children breathe in the toddlers' band (Fleming et al. 2011)."""


class Arrhythmia(StrEnum):
    """Arrhythmia that is known of a person before the recording.

    Examples
    --------
    >>> Arrhythmia("atrial fibrillation").rules_out_vagal
    True
    """

    UNKNOWN = "unknown"
    NONE = "none"
    EARLY_BEATS = "early beats"
    FIBRILLATION = "atrial fibrillation"
    PACED = "pacemaker"
    OTHER = "other"

    @property
    def rules_out_vagal(self) -> bool:
        """Whether the sinus node does not set the intervals, whatever they look like."""
        return self in (Arrhythmia.FIBRILLATION, Arrhythmia.PACED)


class Site(StrEnum):
    """Site of a sensor on the body.

    Examples
    --------
    >>> Site("wrist").is_glabrous, Site("sole").is_glabrous
    (False, True)
    """

    UNKNOWN = "unknown"
    FINGER = "finger"
    PALM = "palm"
    WRIST = "wrist"
    FOREARM = "forearm"
    EAR = "ear"
    FOREHEAD = "forehead"
    CHEST = "chest"
    BACK = "back"
    ANKLE = "ankle"
    SOLE = "sole"
    TOE = "toe"

    @property
    def is_glabrous(self) -> bool:
        """Whether its sweat glands answer to arousal first: skin of palms and soles."""
        return self in (Site.FINGER, Site.PALM, Site.SOLE, Site.TOE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person(Result):
    """Person of a dyad, as far as numbers depend on it; what is not said is unknown.

    age_years : of that day; NaN where unknown
    age_band : where the age is not to be kept; an age decides where both are given
    pregnant : None where unknown
    arrhythmia : known before the recording
    pulse_site, skin_site : where the sensors sit

    Examples
    --------
    >>> Person(age_years=0.5).band, Person(age_band=AgeBand.CHILD).band, Person().band.value
    (<AgeBand.INFANT: 'infant'>, <AgeBand.CHILD: 'child'>, 'unknown')
    >>> Person.of_facts({"age_years": 31, "pregnant": True}).sentence()
    'adult of 31 years, pregnant'

    Raises
    ------
    ValueError
        an age that nobody has
    """

    age_years: float = math.nan
    age_band: AgeBand = AgeBand.UNKNOWN
    pregnant: bool | None = None
    arrhythmia: Arrhythmia = Arrhythmia.UNKNOWN
    pulse_site: Site = Site.UNKNOWN
    skin_site: Site = Site.UNKNOWN

    def __post_init__(self) -> None:
        """Refuse an age that nobody has."""
        if not (math.isnan(self.age_years) or 0.0 <= self.age_years <= MAX_AGE_YEARS):
            raise ValueError(
                f"age_years is {self.age_years:g}: give 0 to {MAX_AGE_YEARS:.0f}, months as parts "
                "of a year (7 months are 0.58)"
            )

    @property
    def band(self) -> AgeBand:
        """The age band, by the age where that is known."""
        return self.age_band if math.isnan(self.age_years) else AgeBand.of(self.age_years)

    def facts(self) -> dict[str, Any]:
        """What is known, as it stands in files; empty for one of whom nothing is."""
        plain = self.to_dict()
        return {name: said for name, said in plain.items() if said not in (None, "unknown")}

    @classmethod
    def of_facts(cls, facts: Mapping[str, Any]) -> "Person":
        """The person of `facts`.

        Raises
        ------
        ValueError
            a name or value that is none of these
        """
        known = {one.name: one.type for one in fields(cls)}
        for name in facts:
            if "birth" in name.lower():
                raise ValueError(f"{name}: dates of birth are not kept; give age_years or age_band")
            if name not in known:
                raise ValueError(f"{name!r} is not known of a person; {', '.join(known)} are")
        return cls(**{name: _said(name, value, known[name]) for name, value in facts.items()})

    @classmethod
    def of_text(cls, text: str) -> "Person":
        """The person of words such as "age_years=0.5, pulse_site=toe".

        Raises
        ------
        ValueError
            as `of_facts`, or words that are not of this form

        Examples
        --------
        >>> Person.of_text("age_band=infant").band.value
        'infant'
        """
        parts = [part.partition("=") for part in text.split(",") if part.strip()]
        for name, equals, _ in parts:
            if not equals:
                raise ValueError(f"{name.strip()!r}: say name=value, for example age_years=0.5")
        return cls.of_facts({name.strip(): _read(value.strip()) for name, _, value in parts})

    def sentence(self) -> str:
        """Who this is, in a few words; empty where nothing is known."""
        years = "" if math.isnan(self.age_years) else f" of {self.age_years:.3g} years"
        words = [f"{self.band.value}{years}"] * (self.band is not AgeBand.UNKNOWN)
        words += ["pregnant"] * bool(self.pregnant)
        words += [self.arrhythmia.value] * (
            self.arrhythmia not in (Arrhythmia.UNKNOWN, Arrhythmia.NONE)
        )
        sites = (("pulse", self.pulse_site), ("skin", self.skin_site))
        words += [f"{what}: {site.value}" for what, site in sites if site is not Site.UNKNOWN]
        return ", ".join(words)


NOBODY_KNOWN = Person()


def _said(name: str, value: Any, kind: Any) -> Any:
    if kind is float and type(value) in (int, float):
        return float(value)
    if isinstance(kind, type) and issubclass(kind, StrEnum) and isinstance(value, str):
        try:
            return kind(value.strip().lower())
        except ValueError:
            pass
    if isinstance(value, bool) and kind == bool | None:
        return value
    raise ValueError(f"{name} cannot be {value!r}: {_expected(kind)}")


def _expected(kind: Any) -> str:
    if kind is float:
        return "give a number of years"
    is_choice = isinstance(kind, type) and issubclass(kind, StrEnum)
    words = [one.value for one in kind] if is_choice else ["true", "false"]
    return f"give one of {', '.join(words)}"


def _read(word: str) -> Any:
    """A value as TOML would have it."""
    if word.lower() in ("true", "yes", "false", "no"):
        return word.lower() in ("true", "yes")
    try:
        return float(word)
    except ValueError:
        return word
