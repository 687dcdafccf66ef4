"""Which blocks are here and which are to be fetched."""

from hypothesis import given
from hypothesis import strategies as st

from dyadkit.capture.blocks import OPEN_END, Inventory, Range


def stocked(sequences):
    inventory = Inventory()
    for sequence in sequences:
        inventory.add(1, 2, sequence)
    return inventory


@given(st.lists(st.integers(0, 60)))
def test_missing_and_here_together_are_everything_up_to_the_last(sequences):
    inventory = stocked(sequences)
    missing = {s for wanted in inventory.missing() for s in range(wanted.first, wanted.stop)}
    assert missing == set(range(max(sequences, default=-1) + 1)) - set(sequences)


@given(st.lists(st.integers(0, 60), min_size=1))
def test_what_is_complete_below_is_never_missing(sequences):
    inventory = stocked(sequences)
    [(_, _, first, below)] = inventory.complete()
    assert first == 0
    assert set(range(below)) <= set(sequences)
    assert below not in sequences


def test_what_a_boot_held_before_the_session_is_not_asked_for():
    inventory = Inventory()
    inventory.begins_now(1)
    inventory.add(1, 2, 40)
    inventory.add(1, 2, 43)
    assert inventory.missing() == [Range(1, 2, 41, 43)]
    assert list(inventory.complete()) == [Range(1, 2, 40, 41)]
    inventory.add(7, 2, 3)
    assert inventory.missing()[1] == Range(7, 2, 0, 3), "a later boot belongs to the session"


@given(st.lists(st.integers(0, 30)), st.integers(0, 30), st.integers(0, 30))
def test_absent_counts_the_blocks_of_a_range_that_are_not_here(sequences, first, count):
    inventory = stocked(sequences)
    wanted = Range(1, 2, first, first + count)
    assert inventory.absent(wanted) == len(set(range(first, first + count)) - set(sequences))


def test_given_up_blocks_are_not_asked_for_again():
    inventory = stocked([0, 1, 5, 6, 9])
    assert inventory.missing() == [Range(1, 2, 2, 5), Range(1, 2, 7, 9)]
    inventory.give_up(Range(1, 2, 2, 5))
    assert inventory.missing() == [Range(1, 2, 7, 9)]


def test_the_tail_of_an_ended_boot_is_open():
    inventory = stocked([0, 1, 2])
    assert inventory.tails({1}) == [Range(1, 2, 3, OPEN_END)]
    assert inventory.tails({9}) == []


def test_a_tail_that_was_fetched_gives_up_no_hole_before_it():
    inventory = Inventory()
    for sequence in (0, 1, 3):
        inventory.add(1, 1, sequence)
    inventory.give_up(Range(1, 1, 4, OPEN_END))
    assert inventory.missing() == [Range(1, 1, 2, 3)]
    inventory.give_up(Range(1, 1, 2, 3))
    assert inventory.missing() == []
    assert list(inventory.complete()) == [Range(1, 1, 0, 4)]
