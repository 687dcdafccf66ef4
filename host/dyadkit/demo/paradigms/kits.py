"""Kits of the paradigms that laboratories run with two people.

Physiology by age: heart rate and breathing at rest are medians of Fleming et al. 2011 (Lancet
377); how far a condition raises heart rate: still face 5 to 10 beats a minute (Moore & Calkins
2004), heel lance 20 to 30 (Owens & Todt 1984), marital conflict 5 to 10 (Levenson & Gottman 1983).
"""

from dyadkit.demo.paradigms.kit import Condition, Kit, Paradigm, SensorOff
from dyadkit.dyad.people import Person, Site
from dyadkit.sim.people.bodies import Body

_MINUTE = 60.0
_INFANT = Body(
    heart_rate_bpm=142.0, breaths_per_minute=38.0, tonic_usiemens=1.5, response_usiemens=0.06,
    breath_bpm=1.5, motion_per_minute=0.5,
)  # fmt: skip
_NEWBORN = Body(
    heart_rate_bpm=132.0, breaths_per_minute=44.0, tonic_usiemens=0.8, response_usiemens=0.05,
    breath_bpm=1.0, motion_per_minute=0.5,
)  # fmt: skip
_CHILD = Body(heart_rate_bpm=96.0, breaths_per_minute=22.0, tonic_usiemens=5.0, breath_bpm=3.0)
_ADULT = Body(heart_rate_bpm=70.0, breaths_per_minute=15.0)
_PARTNER = Body(heart_rate_bpm=74.0, breaths_per_minute=13.5, tonic_usiemens=6.0)
_FINGER = Person(age_years=34.0, pulse_site=Site.FINGER, skin_site=Site.FINGER)
_PARENT = Person(age_years=31.0, pulse_site=Site.FINGER, skin_site=Site.FINGER)
_FOOT = (
    "a (child): pulse on the sole or big toe, `wearer` set to infant in its settings (light at "
    "most 6.2 mA), never on one spot for more than two hours; no skin conductance below one year",
    "b (parent): pulse on the ring finger, electrodes on index and middle finger of the other hand",
)
_HANDS = (
    "pulse on the ring finger of the hand that writes less",
    "electrodes on index and middle finger of the same hand, five minutes before the start",
)
_WAIT = ("say nothing and go on: the recording goes on in flash; put it back at the next change of "
         "condition, and note the time")  # fmt: skip

KITS: dict[Paradigm, Kit] = {
    one.paradigm: one
    for one in (
        Kit(
            Paradigm.STILL_FACE, "Still face, parent and infant",
            (Person(age_years=0.5, pulse_site=Site.SOLE), _PARENT), (_INFANT, _PARTNER),
            ("infant", "parent"),
            (Condition("play", 2 * _MINUTE), Condition("still face", 2 * _MINUTE, (4.0, 1.5)),
             Condition("reunion", 2 * _MINUTE, (1.0, 0.5))),
            (SensorOff("b", 250.0, 275.0),),
            "heart rate of a: still face",
            "Heart rate of a differs between “still face” and “the other conditions”",
            "still_face", _FOOT,
            ("p at the first smile: play", "s as the parent turns the face still", "end the still "
             "face at 30 s of hard crying, whatever the plan says: r", "r: reunion"), _WAIT,
        ),
        Kit(
            Paradigm.PROCEDURE, "Painful procedure with a parent beside",
            (Person(age_years=0.08, pulse_site=Site.SOLE), _PARENT), (_NEWBORN, _PARTNER),
            ("newborn", "parent"),
            (Condition("baseline", 80.0), Condition("procedure", 80.0, (9.0, 2.0)),
             Condition("soothing", 80.0, (1.0, 0.5))),
            (SensorOff("a", 130.0, 155.0),),
            "heart rate of a: procedure",
            "Heart rate of a differs between “procedure” and “the other conditions”",
            "procedure", _FOOT,
            ("b: nobody touches the child for 80 s", "p as the skin is cleaned, before the lance",
             "s as the plaster is on"),
            "care comes first: leave it off until soothing has begun; the condition it was missing "
            "in is said in the report",
        ),
        Kit(
            Paradigm.CONFLICT, "Couple: rest, conflict, recovery",
            (_FINGER, Person(age_years=36.0, pulse_site=Site.FINGER, skin_site=Site.FINGER)),
            (_ADULT, _PARTNER), ("first partner", "second partner"),
            (Condition("rest", 5 * _MINUTE), Condition("conflict", 10 * _MINUTE, (2.5, 2.5), 0.7),
             Condition("recovery", 10 * _MINUTE, (0.5, 0.5))),
            (SensorOff("b", 1100.0, 1160.0),),
            "skin", "Skin conductance responses follow the partner's", "conflict", _HANDS,
            ("r: apart, eyes open, no talk", "c: the topic both rated highest; leave the room",
             "o: a pleasant topic, chosen before", "stop if either asks, or leaves the chair"),
            _WAIT,
        ),
        Kit(
            Paradigm.THERAPY, "Psychotherapy session",
            (Person(age_years=29.0, pulse_site=Site.FINGER, skin_site=Site.FINGER), _FINGER),
            (_ADULT, _PARTNER), ("client", "therapist"),
            (Condition("opening", 5 * _MINUTE), Condition("work", 40 * _MINUTE, (0.5, 0.0), 0.4),
             Condition("closing", 5 * _MINUTE)),
            (SensorOff("a", 1500.0, 1680.0),),
            "skin", "Skin conductance responses follow the partner's", "therapy", _HANDS,
            ("o as both sit", "w when the agenda is set; nobody else is in the room, keys are set "
             "by the therapist or afterwards from the video", "c: last five minutes"),
            "leave it: nobody interrupts therapy for a sensor",
        ),
        Kit(
            Paradigm.NIGHT, "Night of parent and infant in one room",
            (Person(age_years=0.6, pulse_site=Site.ANKLE), _PARENT), (_INFANT, _ADULT),
            ("infant", "parent"), (Condition("night", 8 * 60 * _MINUTE),),
            (SensorOff("a", 11_000.0, 12_200.0),),
            "awakenings", "b wakes within 60 s after", "night",
            ("a (infant): on the ankle over a sock, movement and pulse, leads 22 cm or shorter and "
             "breakaway, never loose in the cot", "b: on the wrist; no electrodes on anybody"),
            ("both on before lights out, cell full", "an adult is in the room all night",
             "take both off in the morning, look at the skin, note redness"),
            "leave it off: nobody wakes an infant for a sensor",
        ),
        Kit(
            Paradigm.VISITS, "Ten visits of parent and child at play",
            (Person(age_years=7.0, pulse_site=Site.FINGER, skin_site=Site.FINGER), _PARENT),
            (_CHILD, _PARTNER), ("child", "parent"), (Condition("play", 10 * _MINUTE),),
            (SensorOff("a", 300.0, 330.0),),
            "coupling_heart_rate", "Shared variance of heart rate grows", "visits", _HANDS,
            ("the same room, hour and toys at each visit", "p as both have begun to play",
             "name sessions in one register entry, so that a stays a"), _WAIT, visits=10,
        ),
    )
}  # fmt: skip
"""By paradigm."""
