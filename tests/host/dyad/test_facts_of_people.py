"""Facts of a person travel from the lab's list, an option or an array into a session and a dyad."""

import math

import numpy as np
import pytest

from dyadkit import Mark, Person, Series, from_arrays
from dyadkit.devices.pairing import Wearer, people_of, read_dyad, write_dyad
from dyadkit.dyad.people import AgeBand, Arrhythmia, Site
from dyadkit.errors import SessionError
from dyadkit.formats.importing import Joining, import_pair
from dyadkit.sessions.loading import load

INFANT = Person(age_years=0.5, pulse_site=Site.TOE)
MOTHER = Person(age_band=AgeBand.ADULT, pregnant=True)


@pytest.mark.parametrize(
    ("years", "band"),
    [(0.1, "infant"), (1.0, "toddler"), (5.9, "toddler"), (6, "child"), (12, "adolescent"),
     (18, "adult"), (64, "adult"), (65, "older"), (math.nan, "unknown")],
)  # fmt: skip
def test_the_band_follows_from_the_age(years, band):
    assert Person(age_years=years).band.value == band


def test_an_age_decides_where_a_band_is_given_too():
    assert Person(age_years=3.0, age_band=AgeBand.ADULT).band is AgeBand.TODDLER


@pytest.mark.parametrize("years", [-1.0, 130.0, math.inf])
def test_an_age_nobody_has_is_refused(years):
    with pytest.raises(ValueError, match="age_years"):
        Person(age_years=years)


@pytest.mark.parametrize("name", ["date_of_birth", "birthday", "Birth"])
def test_a_date_of_birth_is_refused_and_the_way_out_said(name):
    with pytest.raises(ValueError, match="age_years or age_band"):
        Person.of_facts({name: "2025-12-01"})


@pytest.mark.parametrize(
    "text",
    ["age_years", "age_years=old", "age_band=baby", "shoe=42", "pregnant=7", "pulse_site=nose"],
)
def test_words_that_are_no_fact_are_refused(text):
    with pytest.raises(ValueError, match=r"=" if text == "age_years" else text.split("=")[0]):
        Person.of_text(text)


def test_facts_come_back_from_text_and_from_plain_values():
    found = Person.of_text("age_years=0.5, pulse_site=toe, arrhythmia=early beats, pregnant=no")
    assert found.arrhythmia is Arrhythmia.EARLY_BEATS
    assert found.pregnant is False
    assert Person.of_facts(found.facts()) == found
    assert Person.from_dict(found.to_dict()) == found


def test_the_labs_list_keeps_who_people_are(tmp_path):
    file = tmp_path / "dyads.toml"
    write_dyad(
        file, "family-07", {"a": Wearer("dyad-1", "C07", INFANT), "b": Wearer("dyad-2", "M07")}
    )
    found = read_dyad(file, "family-07")
    assert found["a"].about == INFANT
    assert people_of(found) == {"people": {"a": {"age_years": 0.5, "pulse_site": "toe"}}}


def test_a_list_with_a_date_of_birth_is_refused_with_the_place(tmp_path):
    file = tmp_path / "dyads.toml"
    worn = 'wearable = "dyad-{0}"\nparticipant = ""\n'
    file.write_text(f"[x.a]\n{worn.format(1)}date_of_birth = 2025-01-01\n[x.b]\n{worn.format(2)}")
    with pytest.raises(SessionError, match="a in x.*dates of birth are not kept"):
        read_dyad(file, "x")


def test_an_imported_session_keeps_who_people_are(tmp_path):
    for name, level in (("a", 2.0), ("b", 5.0)):
        rows = "\n".join(f"{at / 4},{level + at % 7 / 10}" for at in range(400))
        (tmp_path / f"{name}.csv").write_text(f"time,EDA (µS)\n{rows}\n")
    how = Joining(offset_s=0.0, people=(INFANT, MOTHER))
    found = import_pair(tmp_path / "a.csv", tmp_path / "b.csv", how)
    found.write(tmp_path / "session")
    dyad = load(tmp_path / "session")
    assert (dyad.a.about, dyad.b.about) == (INFANT, MOTHER)


def test_arrays_take_people_and_a_later_word_replaces_what_was_known():
    skin = {"eda": Series(np.arange(400.0), rate_hz=4.0, unit="µS")}
    dyad = from_arrays(skin, skin, [Mark(0.0, 50.0, "rest", "condition")], people=(INFANT, MOTHER))
    later = dyad.with_people(b=Person(age_years=31))
    assert (later.a.about, later.b.about.age_years) == (INFANT, 31)
