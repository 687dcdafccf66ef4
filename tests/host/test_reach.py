"""A wearable on a cable is known by its port or its hardware address."""

import asyncio
import os

import pytest

from dyadkit.dyads import Wearer
from dyadkit.links.usb import Cable
from dyadkit.reach import NoWearableError, cable_links


def reach(wearable):
    cable = Cable(port_names=list)
    members = {"a": Wearer(wearable, ""), "b": Wearer(wearable, "")}
    return asyncio.run(cable_links(members, cable))


def test_a_port_the_computer_does_not_list_is_taken_at_its_word():
    ours, theirs = os.openpty()
    try:
        name = os.ttyname(theirs)
        assert {link.address for link in reach(name).values()} == {name}
    finally:
        os.close(ours)
        os.close(theirs)


def test_a_wearable_that_is_nowhere_is_said_to_be():
    with pytest.raises(NoWearableError, match="not on a cable"):
        reach("/dev/nowhere")
