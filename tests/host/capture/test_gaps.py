"""Which samples are here, and exactly which are not."""

from hypothesis import given
from hypothesis import strategies as st

from dyadkit.capture.gaps import Coverage, Gap
from dyadwire.messages import Block

COUNT = 5


def block(number, boot=1):
    """Block `number` of a stream of blocks of five samples, stamped at its own end."""
    first = number * COUNT
    return Block(1, boot, number, first, 1000 * (first + COUNT), COUNT, 0, b"")


@given(st.lists(st.integers(0, 25), min_size=1))
def test_gaps_and_samples_together_are_everything_up_to_the_last(numbers):
    coverage = Coverage()
    for number in numbers:
        coverage.add(block(number))
    here = {number * COUNT + k for number in numbers for k in range(COUNT)}
    lost = [n for gap in coverage.gaps() for n in range(gap.first, gap.first + gap.samples)]
    assert len(lost) == len(set(lost))
    assert set(lost) == set(range(max(here) + 1)) - here


@given(st.permutations(range(12)))
def test_the_order_of_arrival_does_not_matter_and_a_filled_hole_leaves_nothing(numbers):
    coverage = Coverage()
    for number in numbers:
        coverage.add(block(number))
    assert coverage.gaps() == []
    [spans] = coverage._spans.values()
    assert len(spans) == 1, "memory is for gaps only"


def test_a_gap_stands_between_the_stamps_of_its_neighbours():
    coverage = Coverage()
    for number in (0, 1, 4):
        coverage.add(block(number))
    assert coverage.gaps() == [Gap(1, 1, 10, 10, 10_000, 25_000)]


def test_the_boot_a_session_began_in_counts_from_there_and_later_boots_from_their_start():
    coverage = Coverage()
    coverage.begins_now(1)
    coverage.add(block(7))
    assert coverage.gaps() == []
    coverage.add(block(2, boot=2))
    assert coverage.gaps() == [Gap(2, 1, 0, 10, 0, 15_000)]


def test_what_a_sensor_counted_while_it_settled_is_no_gap():
    coverage = Coverage()
    coverage.add(Block(1, 2, 0, 6, 11_000, COUNT, 0, b""))
    coverage.add(Block(1, 2, 2, 16, 21_000, COUNT, 0, b""))
    assert coverage.gaps() == [Gap(2, 1, 11, 5, 11_000, 21_000)]
