"""What belongs to a session begins with its first block, whoever spoke first."""

from dyadkit.capture.backfill import Backfill
from dyadwire import messages


async def say(_):
    return 0


def log(event, **details):
    raise AssertionError(event)


def block(sequence):
    return messages.Block(1, 4, sequence, 10 * sequence, 100_000 * sequence, 10, 0, b"")


def held(*steps):
    """A backfill to which a hello ("hello") and numbered blocks came in this order."""
    backfill = Backfill("a", say, log)
    for step in steps:
        if step == "hello":
            backfill.meet(4)
        else:
            backfill.add(block(step))
    return backfill


def test_a_block_on_its_way_before_the_hello_does_not_ask_for_what_was_before_the_session():
    for order in (("hello", 112, 113), (112, "hello", 113)):
        backfill = held(*order)
        assert backfill.missing() == []
        assert backfill.gaps() == []


def test_a_hole_behind_such_a_block_is_asked_for():
    backfill = held(112, "hello", 115)
    [hole] = backfill.missing()
    assert (hole.first, hole.stop) == (113, 115)
    [gap] = backfill.gaps()
    assert (gap.first, gap.samples) == (1130, 20)
