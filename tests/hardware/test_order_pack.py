"""The order pack: read again from its files, it is the board and the design."""

import csv
import io
import json
import math
import re
import zipfile
from pathlib import Path

import pytest

from hardware import design
from hardware.order import lists, pack
from hardware.pcb import placement

ROOT = Path(__file__).parents[2]
ORDER = ROOT / "hardware" / "out" / "order"
HALF_MICROMETRE = 0.0005
PAD = re.compile(r"%TO\.P,(\w+),(\w+)\*%\n(?:%TO\.N,[^\n]*\n)?(?:D\d+\*\n)?X(-?\d+)Y(-?\d+)D03\*")


def zipped():
    with zipfile.ZipFile(ORDER / pack.ZIP) as made:
        return {name: made.read(name).decode() for name in made.namelist()}


def rows(name):
    return list(csv.DictReader(io.StringIO((ORDER / name).read_text())))


def flashed(layer):
    """Place of every pad of a layer in the zip, by part and pin, in mm."""
    return {
        (ref, pin): (int(x) / 1e6, int(y) / 1e6)
        for ref, pin, x, y in PAD.findall(zipped()[f"dyadkit-wing-{layer}.gbr"])
    }


def test_the_zip_holds_every_layer_the_drills_and_a_job_file_that_names_them():
    found = zipped()
    job = json.loads(found[pack.JOB])
    assert {one["Path"] for one in job["FilesAttributes"]} <= set(found)
    assert len(job["FilesAttributes"]) == 8
    assert {"dyadkit-wing-PTH.drl", "dyadkit-wing-NPTH.drl"} <= set(found)
    for one in job["FilesAttributes"]:
        assert f"%TF.FileFunction,{one['FileFunction']}" in found[one["Path"]]
    assert job["GeneralSpecs"]["Size"] == {"X": placement.WIDTH_MM, "Y": placement.HEIGHT_MM}


def test_the_zip_is_of_the_committed_board():
    folder = ROOT / "hardware" / "out" / "pcb" / "gerber"
    plotted = {file.name: file.read_text() for file in folder.iterdir()}
    assert {name: text for name, text in zipped().items() if name != pack.JOB} == plotted


def test_the_machine_places_each_part_that_is_soldered_flat_and_no_other():
    placed = {row["Designator"] for row in rows("places.csv")}
    bought = {
        ref: row["Mounted"] for row in rows("parts.csv") for ref in row["Designator"].split(",")
    }
    assert set(bought) == {one.ref for one in design.ordered()}
    assert placed == {ref for ref, who in bought.items() if who == lists.BY_MACHINE}
    assert {ref for ref, who in bought.items() if who == lists.BY_HAND} == {"J1", "J2", "J3"}


def pad_1_from_centre(row):
    """Where pin 1 is from the centre a list says, turned back by the turn it says, in mm."""
    x, y = (float(row[head].removesuffix("mm")) for head in ("Mid X", "Mid Y"))
    at = flashed("F_Cu")[row["Designator"], "1"]
    turn = math.radians(-float(row["Rotation"]))
    across, up = at[0] - x, at[1] - y
    return (across * math.cos(turn) - up * math.sin(turn),
            across * math.sin(turn) + up * math.cos(turn))  # fmt: skip


def test_pin_1_is_where_centre_and_turn_put_it_for_every_part_of_a_package():
    packages = {}
    for row in rows("places.csv"):
        assert row["Layer"] == "top"
        packages.setdefault(row["Footprint"], []).append(pad_1_from_centre(row))
    assert len(packages) >= 8
    for package, places in packages.items():
        for place in places:
            assert math.dist(place, places[0]) < HALF_MICROMETRE, package


@pytest.mark.parametrize(("head", "change"), [("Rotation", 90.0), ("Mid X", 1.0)])
def test_a_part_turned_or_moved_in_the_list_alone_is_noticed(head, change):
    row = next(one for one in rows("places.csv") if one["Designator"] == "R4")
    other = row | {head: str(float(row[head].removesuffix("mm")) + change)}
    assert math.dist(pad_1_from_centre(row), pad_1_from_centre(other)) > HALF_MICROMETRE


def test_every_part_to_buy_has_a_makers_number_and_none_may_be_replaced_unseen():
    for row in rows("parts.csv"):
        assert row["MPN"]
        assert row["Manufacturer"]
        assert "alternatives" not in row
    assert "No other part without asking" in (ORDER / "notes.txt").read_text()


def test_the_notes_say_which_side_the_headers_are_on():
    assert "J1 and J2 stand on the BACK" in (ORDER / "notes.txt").read_text()


def test_a_zip_written_again_has_the_same_bytes(tmp_path):
    folder = ROOT / "hardware" / "out" / "pcb" / "gerber"
    positions = {
        row["Designator"]: lists.Position(
            float(row["Mid X"].removesuffix("mm")), float(row["Mid Y"].removesuffix("mm")),
            float(row["Rotation"]), row["Layer"],
        )
        for row in rows("places.csv")
    }  # fmt: skip
    pack.write(tmp_path, folder, positions, (ORDER / "assembly.svg").read_text())
    for file in ORDER.iterdir():
        assert (tmp_path / file.name).read_bytes() == file.read_bytes(), file.name
