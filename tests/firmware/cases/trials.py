# ruff: noqa: PTH102, PTH123
"""Which of two applications runs: a trial, its end, the way back. MicroPython has no pathlib."""

import os
import sys

import disk

import slots


def filled(*names):
    disk.fresh()
    for name in names:
        os.mkdir(name)
        with open(name + "/" + slots.MANIFEST, "w") as file:
            file.write("{}")


def entered():
    """What a boot lets run, by its place in the search path; empty for what is frozen."""
    before = list(sys.path)
    try:
        slots.enter()
        return "".join(path.rsplit("/", 1)[-1] for path in sys.path if path not in before)
    finally:
        sys.path[:] = before


def test_an_update_that_is_confirmed_stays_and_tells_its_number():
    filled("slot-a")
    assert slots.build() == b""
    slots.begin_trial("slot-a", 0x12345678)
    assert entered() == "slot-a"
    assert slots.is_on_trial()
    slots.confirm()
    for _ in range(5):
        assert entered() == "slot-a"
    assert slots.build() == b"5678"


def test_one_that_is_never_confirmed_gives_way_to_the_one_before_with_its_number():
    filled("slot-a", "slot-b")
    slots.begin_trial("slot-a", 0x12345678)
    entered()
    slots.confirm()
    assert slots.spare() == "slot-b"
    slots.begin_trial("slot-b", 0x9ABCDEF0)
    assert [entered() for _ in range(4)] == ["slot-b", "slot-b", "slot-a", "slot-a"]
    assert slots.build() == b"5678"


def test_a_damaged_one_gives_way_at_once_in_the_end_to_what_is_frozen():
    filled("slot-a")
    slots.begin_trial("slot-b", 1)
    assert entered() == ""
    assert slots.build() == b""
