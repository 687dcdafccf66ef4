"""The list of modules frozen into a MicroPython image: the wearable, the wire, asyncio.

Of the wire all but what only hosts and documents need.
"""

import os

# ruff: noqa: F821 - the names below are given by MicroPython's build
include("$(PORT_DIR)/boards/manifest.py")
package("wearable", opt=3)
HOST_ONLY = ("codec.py", "meanings.py", "frontend.py", "exchange.py")
wire = sorted(name for name in os.listdir("../shared/dyadwire") if name.endswith(".py"))
worn = [name for name in wire if name not in HOST_ONLY]
package("dyadwire", files=worn, base_path="../shared", opt=3)
package("slots", opt=3)
module("boot.py", opt=3)
module("main.py", opt=3)
