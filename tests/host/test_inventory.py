"""Which blocks are here and which are to be fetched."""

from hypothesis import given
from hypothesis import strategies as st

from dyadkit.inventory import OPEN_END, Inventory, Range


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
    [(_, _, below)] = inventory.complete_below()
    assert set(range(below)) <= set(sequences)
    assert below not in sequences


def test_given_up_blocks_are_not_asked_for_again():
    inventory = stocked([0, 1, 5, 6, 9])
    assert inventory.missing() == [Range(1, 2, 2, 5), Range(1, 2, 7, 9)]
    inventory.give_up(Range(1, 2, 2, 5))
    assert inventory.missing() == [Range(1, 2, 7, 9)]


def test_the_tail_of_an_ended_boot_is_open():
    inventory = stocked([0, 1, 2])
    assert inventory.tails({1}) == [Range(1, 2, 3, OPEN_END)]
    assert inventory.tails({9}) == []
