"""The one configuration and the one clock of this process; the launcher names the file."""

import json
import sys

from virtual.clock import VirtualClock

with open(sys.argv[1]) as _file:
    config = json.load(_file)

clock = VirtualClock(
    open(config["incoming"], "rb"), open(config["outgoing"], "wb"), config["segments"]
)
